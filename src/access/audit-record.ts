/**
 * One line of the audit log. A line is a JSON object whose last member is the SHA-256 of everything before
 * that member, which includes the hash of the line before it: changing, dropping or moving a line shows.
 *
 *   {"sequence":7,"at":"2026-11-22T10:00:00.000Z","event":"user-added","actor":"admin","source":"10.0.0.7",
 *    "subject":"user 'ana'","outcome":"success","previous":"<64 hex>","hash":"<64 hex>"}
 */
import { createHash } from 'node:crypto';
import type { AuditEntry, AuditLine } from './audit-types.js';

const textMax = 256;
const tail = /,"hash":"([0-9a-f]{64})"\}$/;
// Control, bidirectional and invisible characters that JSON leaves as they are but a terminal obeys.
const unsafe = /[\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/** The hash before the first line. */
export const originHash = '0'.repeat(64);

/** An entry with its moment, and how many equal ones it stands for. */
export interface AuditRecord extends AuditEntry {
  readonly atMs: number;
  /** Above 1 when repeats were counted rather than written. */
  readonly count: number;
}

/** Where the chain stands: the next line's number, and the hash it must carry on. */
export interface ChainHead {
  readonly sequence: number;
  readonly hash: string;
}

/** The line for `record`, with its line break, and where the chain stands after it. */
export function formatLine(record: AuditRecord, head: ChainHead): { line: string; head: ChainHead } {
  const text = JSON.stringify({
    sequence: head.sequence,
    at: new Date(record.atMs).toISOString(),
    event: record.event,
    actor: cut(record.actor),
    source: cut(record.source),
    subject: cut(record.subject),
    outcome: record.outcome,
    ...(record.reason === undefined ? {} : { reason: cut(record.reason) }),
    ...(record.count > 1 ? { count: record.count } : {}),
    previous: head.hash,
  }).replace(unsafe, (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`);
  const body = text.slice(0, -1);
  const hash = digest(body);
  return { line: `${body},"hash":"${hash}"}\n`, head: { sequence: head.sequence + 1, hash } };
}

/** A line checked against the chain: where the chain stands after it, or what is wrong. */
export type CheckedLine =
  { readonly ok: true; readonly head: ChainHead } | { readonly ok: false; readonly reason: string };

/** What a line must carry on; the oldest line kept follows a hash that nobody knows any more. */
export interface ChainAnchor {
  readonly sequence: number;
  readonly hash: string | undefined;
}

/** Checks one line, without its line break; without `head`, only in itself. */
export function checkLine(line: string, head: ChainAnchor | undefined): CheckedLine {
  const found = tail.exec(line);
  if (found === null) return { ok: false, reason: 'not an audit line' };
  const body = line.slice(0, found.index);
  const hash = found[1]!;
  if (digest(body) !== hash) return { ok: false, reason: 'its content does not fit its hash' };
  const { sequence, previous } = JSON.parse(`${body}}`) as { sequence: number; previous: string };
  if (head !== undefined && sequence !== head.sequence) {
    return { ok: false, reason: `number ${sequence} where ${head.sequence} was due` };
  }
  if (head?.hash !== undefined && previous !== head.hash) {
    return { ok: false, reason: 'does not follow the line before' };
  }
  return { ok: true, head: { sequence: sequence + 1, hash } };
}

/** What a line says, without its line break; undefined: it is no record at all. Never throws. */
export function readLine(line: string): AuditLine | undefined {
  const { sequence, at, count, ...texts } = membersOf(line);
  const atMs = typeof at === 'string' ? Date.parse(at) : Number.NaN;
  if (typeof sequence !== 'number' || Number.isNaN(atMs)) return undefined;
  const text = (name: string): string => {
    const value = texts[name];
    return typeof value === 'string' ? value : '';
  };
  return {
    sequence,
    atMs,
    event: text('event'),
    actor: text('actor'),
    source: text('source'),
    subject: text('subject'),
    outcome: text('outcome'),
    ...(texts['reason'] === undefined ? {} : { reason: text('reason') }),
    count: typeof count === 'number' ? count : 1,
    hash: text('hash'),
    isIntact: checkLine(line, undefined).ok,
  };
}

function membersOf(line: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function cut(text: string): string {
  return text.length <= textMax ? text : `${text.slice(0, textMax - 1)}…`;
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
