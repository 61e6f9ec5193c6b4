/**
 * How Zabbix names what is measured: an id that stands in item keys and JSONPaths, and a title for people. Invariant: two
 * objects never share either, and neither holds what Zabbix would read as a macro, a quote or the end of a key, whatever
 * clients call their queues.
 */
import { createHash } from 'node:crypto';
import type { ObjectKind } from '../index.js';

const plainLabel = /^[A-Za-z0-9_./@+-]{1,100}$/;
const idLengthMax = 160;
/** A graph's name has room for 128 characters, and the title is a part of it. */
const titleLengthMax = 64;
const shownLabelLengthMax = 100;
const digestLength = 16;

/** What stands in a label where it is not worth saying. */
const usual: Readonly<Record<string, string>> = { engine: 'embedded', vhost: '/' };

/** The id of an object: its labels, or as much of them as is safe with a digest of all of them. */
export function objectId(labels: readonly string[]): string {
  const whole = labels.join(':');
  if (whole.length <= idLengthMax && labels.every((label) => plainLabel.test(label))) return whole;
  return withDigest(labels, idLengthMax);
}

/** The title of an object: its id without the labels that are as usual. */
export function objectTitle(kind: ObjectKind, labels: readonly string[]): string {
  const said = labels.slice(usualCount(kind, labels));
  const whole = said.join(':');
  if (whole.length <= titleLengthMax && labels.every((label) => plainLabel.test(label))) return whole;
  return withDigest(labels, titleLengthMax, said);
}

/** A label as tags show it: without control characters and braces, and not longer than a tag may be. */
export function shownLabel(label: string): string {
  const clean = label
    .replace(/[\p{Cc}\p{Cf}\p{Cs}]/gu, '?')
    .replace(/[{}]/g, (brace) => (brace === '{' ? '(' : ')'));
  const characters = Array.from(clean);
  return characters.length <= shownLabelLengthMax
    ? clean
    : `${characters.slice(0, shownLabelLengthMax - 1).join('')}…`;
}

/** Labels at the beginning that are as usual; the last one always says something. */
function usualCount({ labels: names }: ObjectKind, labels: readonly string[]): number {
  let count = 0;
  while (count < labels.length - 1 && usual[names[count]!] === labels[count]) count++;
  return count;
}

/** A tilde is in no plain label, so that no other object's id can be this one. */
function withDigest(labels: readonly string[], lengthMax: number, said: readonly string[] = labels): string {
  const digest = createHash('sha256').update(JSON.stringify(labels)).digest('hex').slice(0, digestLength);
  const readable = said.map((label) => label.replace(/[^A-Za-z0-9_./@+-]/g, '_')).join(':');
  return `${readable.slice(0, lengthMax - digestLength - 1)}~${digest}`;
}
