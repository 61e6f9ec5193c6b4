/** A back-test as a plot and its twin in words. Pure. */
import { aligned, spanning, type PlotData } from '../../parts/plot-data.ts';
import type { Band, Marks, Tone } from '../../parts/plot-marks.ts';
import type { Backtest, Curve, Replayed, Spell } from './answers.ts';

export interface ToldSpell {
  readonly tone: Tone;
  readonly fromSecond: number;
  readonly toSecond: number;
  /** It holds to the end of what is replayed. */
  readonly isOpen: boolean;
}

/** Every stretch of an object, in time. */
export function spellsOf(object: Replayed, endSecond: number): readonly ToldSpell[] {
  const toned = (tone: Tone, spells: readonly Spell[]): ToldSpell[] =>
    spells.map(({ fromSecond, toSecond }) => ({
      ...{ tone, fromSecond, toSecond: toSecond ?? endSecond, isOpen: toSecond === undefined },
    }));
  return [
    ...toned('pending', object.pending),
    ...toned('firing', object.firing),
    ...toned('unknown', object.unknown),
  ].sort((one, other) => one.fromSecond - other.fromSecond);
}

/** Bands of one object, and the level that its figure is compared with. */
export function marksOf({ level, toSecond }: Backtest, object: Replayed | undefined): Marks {
  const bands: readonly Band[] = object === undefined ? [] : spellsOf(object, toSecond);
  return { bands, levels: level === undefined ? [] : [level] };
}

function sameLabels(one: Readonly<Record<string, string>>, other: Readonly<Record<string, string>>): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** The curve of an object, where it is among those that are told; without an object all of them. */
export function curvesOf({ curves }: Backtest, object: Replayed | undefined): readonly Curve[] {
  return object === undefined ? curves : curves.filter(({ labels }) => sameLabels(labels, object.labels));
}

/** The lines, over at least so many seconds and all that was replayed. */
export function dataOf(
  { fromSecond, toSecond, stepSeconds }: Backtest,
  curves: readonly Curve[],
  rangeSeconds: number,
): PlotData {
  const told = aligned(
    curves.map(({ startSecond, stepSeconds, values }) => [
      { startSecond, stepSeconds, values, isCoarser: false },
    ]),
  );
  return spanning(told, { fromSecond: Math.min(fromSecond, toSecond - rangeSeconds), toSecond, stepSeconds });
}

/** Names of objects by what tells them apart; never two the same. */
export function namesOf(objects: readonly { readonly labels: Readonly<Record<string, string>> }[]): string[] {
  const used = new Map<string, number>();
  return objects.map(({ labels }) => {
    const parts = Object.entries(labels).flatMap(([label, value]) =>
      label === 'engine' || value === '' || (label === 'vhost' && value === '/') ? [] : [value],
    );
    const name = parts.length === 0 ? Object.values(labels).join(' · ') : parts.join(' · ');
    const count = (used.get(name) ?? 0) + 1;
    used.set(name, count);
    return count === 1 ? name : `${name} (${count})`;
  });
}
