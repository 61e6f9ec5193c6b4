/** How the catalogue writes a kind of object: in rows. Pure. */
import type { Combination, Metric, MetricKind, MetricUnit, ObjectKind } from './metric.js';

/** A metric as the catalogue writes it. */
export type MetricRow = readonly [
  id: number,
  name: string,
  kind: MetricKind,
  unit: MetricUnit,
  help: string,
  combination?: Combination,
];

interface Naming {
  /** Of its metrics, after `sluice_`; the kind's name unless said otherwise. */
  readonly prefix?: string;
  readonly summedBy?: number;
}

/** `prefix` stands between `sluice_` and the short names of the metrics. */
export function objectKind(
  name: string,
  labels: readonly string[],
  rows: readonly MetricRow[],
  { prefix = `${name}_`, summedBy }: Naming = {},
): ObjectKind {
  const metrics = rows.map(([id, short, kind, unit, help, combination = 'sum']): Metric => {
    const ending = kind === 'counter' ? '_total' : '';
    return { id, name: `sluice_${prefix}${short}${ending}`, help, unit, kind, combination };
  });
  return { name, labels, metrics, ...(summedBy === undefined ? {} : { summedBy }) };
}
