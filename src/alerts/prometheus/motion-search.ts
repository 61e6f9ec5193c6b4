/**
 * Looks for figures with which a rule says what is wanted, by trying: levels of the rule and a little more or less than
 * those, standing still or moving. Invariant: it is the same search each time, and gives up after a bounded time.
 */
import { seededRandom } from '../../kernel/index.js';
import { bucketBounds, seriesOf } from '../../monitor/index.js';
import type { CompiledRule } from '../rules/compile.js';
import { metricOf } from './promql.js';
import { quantileIn, SteadyTerms, type Motion, type Motions } from './steady-terms.js';

const triesMax = 20_000;
/** So far from a level, as a share of it, that two ways of computing agree on which side it is. */
const distance = 0.005;
const factors = [0.3, 0.9, 1.2, 3];

/** Undefined: none were found. */
export function findMotions(
  compiled: CompiledRule,
  isWanted: (terms: SteadyTerms) => boolean,
): Motions | undefined {
  const columns = [...new Set(compiled.reads.map(({ column }) => column))];
  const candidates = columns.map((column) => candidatesOf(compiled, column));
  const random = seededRandom(1);
  for (let attempt = 0; attempt < triesMax; attempt++) {
    const motions = new Map(
      columns.map((column, place) => {
        const own = candidates[place]!;
        return [column, own[random.integer(own.length)]!];
      }),
    );
    const terms = new SteadyTerms(motions);
    if (isWanted(terms) && isClear(compiled, terms)) return motions;
  }
  return undefined;
}

/** Whether every comparison is decided by more than rounding. */
function isClear({ rule, guards, value }: CompiledRule, terms: SteadyTerms): boolean {
  const isFar = (figure: number, level: number | undefined): boolean =>
    level === undefined ||
    Math.abs(figure - level) > Math.abs(level) * distance ||
    (level === 0 && figure === 0);
  const far = rule.while.every(({ above, below }, place) =>
    isFar(guards[place]!.value(terms), above ?? below),
  );
  const figure = value(terms);
  return far && levelsOf(rule).every((level) => isFar(figure, level));
}

/** The levels with which the value of a rule is compared. */
function levelsOf(rule: CompiledRule['rule']): readonly number[] {
  if (rule.kind === 'forecast') return [rule.within, rule.within * 1.25];
  if (rule.kind === 'burn-rate') return [1];
  if (rule.kind !== 'threshold' && rule.kind !== 'change') return [];
  return [rule.above, rule.below, rule.clear].filter((level) => level !== undefined);
}

function candidatesOf({ rule, kind }: CompiledRule, column: number): readonly Motion[] {
  const series = seriesOf(kind)[column]!;
  const { quantile } = metricOf(kind, series);
  if (quantile !== undefined)
    return bucketBounds.map((_, bucket) => ({
      ...{ value: quantileIn(bucket, quantile), slopePerSecond: 0, bucket },
    }));
  const own = levelsOf(rule);
  const middle = own.reduce((sum, level) => sum + level, 0) / Math.max(own.length, 1);
  const levels = [...own, ...rule.while.map(({ above, below }) => above ?? below!)];
  const sizes = [
    0,
    1,
    10,
    500,
    8_000,
    middle,
    ...levels.flatMap((level) => factors.map((factor) => level * factor)),
  ];
  if (series.kind === 'counter')
    return [0.01, 0.5, 5, 100, ...sizes]
      .filter((rate) => rate >= 0 && rate <= 1e6)
      .map((slopePerSecond) => ({ value: 0, slopePerSecond }));
  const still = sizes.map((value) => ({ value, slopePerSecond: 0 }));
  return [...still, ...movingCandidates(rule)];
}

/** Of rules that follow a gauge through time. */
function movingCandidates(rule: CompiledRule['rule']): readonly Motion[] {
  if (rule.kind === 'change') {
    const level = rule.above ?? rule.below ?? 1;
    return factors.flatMap((factor) => {
      const change = level * factor;
      const value = rule.relative ? 1_000 * (1 + change) : 1_000 + change;
      return [{ value, slopePerSecond: (rule.relative ? change * 1_000 : change) / rule.over }];
    });
  }
  if (rule.kind !== 'forecast') return [];
  const limit = rule.above ?? rule.below!;
  const sign = rule.above === undefined ? -1 : 1;
  // From where it is to the limit, in a share of the time. Only distances count where the limit is zero.
  const size = Math.abs(limit) || 1e9;
  return [0.1, 0.5, 1.1, 2].flatMap((share) =>
    [0.05, 0.5, 0.999].map((part) => ({
      value: limit - sign * size * part,
      slopePerSecond: (sign * size * part) / (rule.within * share),
    })),
  );
}
