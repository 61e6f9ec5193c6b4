/**
 * Everything that is measured in one JSON document, from which Zabbix takes its items by path. Invariant: an unknown
 * figure is not in it. It is written in slices, so that ten thousand queues hold up nobody.
 *
 *   {"measured": 1700000000,
 *    "queue": {"embedded:/:orders": {"object": {"{#ID}": "embedded:/:orders", …}, "sluice_messages_ready": 5, …}, …},
 *    "task": {…}, …}
 */
import { SluiceError } from '../../kernel/index.js';
import type { Pacer, Sample } from '../index.js';
import { itemKinds, type ItemKind } from './item-series.js';
import type { Measured } from './measured.js';
import { objectRow } from './object-rows.js';

const pieceLengthMin = 32_768;

/** In pieces of some 32 KiB. Throws `refused` (retryable) while nothing is measured yet. */
export async function* figuresDocument(measured: Measured): AsyncGenerator<string, void, undefined> {
  await measured.refresh();
  const { second } = measured;
  if (second === undefined) throw new SluiceError('refused', 'nothing is measured yet', { retryable: true });
  yield `{"measured":${second}`;
  const pacer = measured.pacer();
  for (const each of itemKinds) {
    yield `,"${each.kind.name}":{`;
    yield* objectsText(measured, each, pacer);
    yield '}';
  }
  yield '}\n';
}

async function* objectsText(
  measured: Measured,
  each: ItemKind,
  pacer: Pacer,
): AsyncGenerator<string, void, undefined> {
  let text = '';
  let separator = '';
  for (const sample of measured.latest(each.kind.name)) {
    text += separator + objectText(each, sample);
    separator = ',';
    if (text.length > pieceLengthMin) {
      yield text;
      text = '';
    }
    if (pacer.isDue) await pacer.pause();
  }
  if (text !== '') yield text;
}

function objectText({ kind, items }: ItemKind, { labels, figures }: Sample): string {
  const row = objectRow(kind, labels);
  let text = `${JSON.stringify(row['{#ID}'])}:{"object":${JSON.stringify(row)}`;
  for (const { series, column } of items) {
    const figure = figures[column]!;
    if (Number.isFinite(figure)) text += `,"${series.name}":${figure}`;
  }
  return `${text}}`;
}
