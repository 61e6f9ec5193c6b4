/** A measurement as values for Zabbix. Invariant: an unknown figure is no value; keys are those of the template. */
import type { Measured } from '../measured.js';
import { itemKinds, type ItemKind } from '../item-series.js';
import { objectId } from '../object-name.js';
import { objectRow } from '../object-rows.js';
import { hostKeys } from '../template/export-node.js';
import type { ValueBatch, ValuePacker } from './value-packer.js';

/** Packs every known figure of the newest measurement, in slices; gives batches as they are full. */
export async function* packFigures(
  measured: Measured,
  packer: ValuePacker,
): AsyncGenerator<ValueBatch, void, undefined> {
  const { second } = measured;
  if (second === undefined) return;
  packer.at(second);
  const pacer = measured.pacer();
  for (const { kind, items } of itemKinds) {
    for (const { labels, figures } of measured.latest(kind.name)) {
      const parameter = `[${objectId(labels)}]`;
      for (const { key, column } of items) {
        const figure = figures[column]!;
        if (!Number.isFinite(figure)) continue;
        const full = packer.add(key + parameter, String(figure));
        if (full !== undefined) yield full;
      }
      if (pacer.isDue) await pacer.pause();
    }
  }
  // The last: who sees a new time sees all that was measured then.
  packer.add(hostKeys.measured, String(second));
  const rest = packer.take();
  if (rest !== undefined) yield rest;
}

/** What discovery tells of a kind: the value of its rule. */
export async function discoveryText(measured: Measured, { kind }: ItemKind): Promise<string> {
  const pacer = measured.pacer();
  const rows: string[] = [];
  for (const { labels } of measured.latest(kind.name)) {
    rows.push(JSON.stringify(objectRow(kind, labels)));
    if (pacer.isDue) await pacer.pause();
  }
  return `[${rows.join(',')}]`;
}
