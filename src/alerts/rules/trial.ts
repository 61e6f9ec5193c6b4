/**
 * What a rule would say of everything at this moment, before it is put in force. Invariant: it judges as the rule would,
 * by the newest figures and by history; how long a condition must hold, and what held before, is not looked at.
 */
import { seriesOf, type Figures, type ObjectKind } from '../../monitor/index.js';
import { SluiceError } from '../../kernel/index.js';
import { subjectOf } from '../alert-of.js';
import { conditionText, figureText } from '../wording.js';
import { compileRule, judgeRule, type CompiledRule } from './compile.js';
import { isMeasured } from './measured-engines.js';
import { PastReader } from './past-reader.js';
import { outcome, type Outcome } from './progress.js';
import type { Rule } from './rule.js';
import type { Terms } from './terms.js';

/** `between`: an alert that fires would go on, and none would begin. */
export type Verdict = 'fires' | 'quiet' | 'between' | 'unknown';

/** What the rule says of one object. */
export interface TriedObject {
  readonly labels: Readonly<Record<string, string>>;
  readonly verdict: Verdict;
  /** Absent: unknown, without an end, or a condition that has to hold as well does not. */
  readonly value?: number;
  /** The value as people read it. */
  readonly text: string;
}

export interface RuleTrial {
  readonly rule: Rule;
  /** In words. */
  readonly condition: string;
  /** Unix second of the figures. */
  readonly second: number;
  readonly counts: Readonly<Record<Verdict, number>>;
  /** Those that fire first; 500 at most. */
  readonly objects: readonly TriedObject[];
  /** Objects that match beyond those that one trial looks at. */
  readonly leftOut: number;
}

const objectsMax = 500;
const verdicts: Readonly<Record<Outcome, Verdict>> = { 0: 'unknown', 1: 'quiet', 2: 'between', 3: 'fires' };
const order: readonly Verdict[] = ['fires', 'between', 'unknown', 'quiet'];

interface Looked {
  readonly labels: readonly string[];
  /** Undefined: it was not measured. */
  readonly figures: Float64Array | undefined;
}

/** Rejects with `bad-input` for a signal, and with `unsupported` where nothing was measured yet. */
export async function tryRule(
  rule: Rule,
  figures: Figures,
  onProblem: (problem: string) => void,
): Promise<RuleTrial> {
  const compiled = compileRule(rule);
  if (compiled === undefined)
    throw new SluiceError('bad-input', 'a signal is told by the program: nothing of it is judged');
  const { second } = figures;
  if (second === undefined) throw new SluiceError('unsupported', 'nothing was measured yet');
  const matching = objectsOf(compiled, figures);
  const looked = matching.slice(0, objectsMax);
  const past = new PastReader(figures, onProblem);
  past.begin(second);
  const objects = await judged(compiled, looked, figures, past);
  objects.sort((a, b) => order.indexOf(a.verdict) - order.indexOf(b.verdict));
  const count = (verdict: Verdict): number => objects.filter((each) => each.verdict === verdict).length;
  return {
    ...{ rule, condition: conditionText(rule, compiled.unit), second, objects },
    counts: {
      fires: count('fires'),
      between: count('between'),
      unknown: count('unknown'),
      quiet: count('quiet'),
    },
    leftOut: matching.length - looked.length,
  };
}

/** Those that are measured; and for staleness those that were. Copied, as one sample is filled again and again. */
function objectsOf({ kind, matches, rule }: CompiledRule, figures: Figures): readonly Looked[] {
  const looked = new Map<string, Looked>();
  const add = (labels: readonly string[], values: Float64Array | undefined): void => {
    const key = labels.join('\u0000');
    if (matches(labels) && !looked.has(key))
      looked.set(key, { labels: [...labels], figures: values?.slice() });
  };
  for (const { labels, figures: values } of figures.latest(kind.name)) add(labels, values);
  if (rule.kind === 'staleness') for (const labels of figures.objects(kind.name)) add(labels, undefined);
  return [...looked.values()];
}

async function judged(
  compiled: CompiledRule,
  looked: readonly Looked[],
  figures: Figures,
  past: PastReader,
): Promise<TriedObject[]> {
  const { rule, kind, watched } = compiled;
  const isKnown = ({ figures: values }: Looked): boolean =>
    values !== undefined && (watched === -1 || !Number.isNaN(values[watched]));
  if (rule.kind === 'absence') {
    const labels = kind.labels.map((label) => rule.where[label] ?? '*');
    const absent = isMeasured(compiled, figures) ? outcome.fires : outcome.unknown;
    return [tried(compiled, labels, looked.some(isKnown) ? outcome.clears : absent, NaN)];
  }
  if (rule.kind !== 'staleness') return computed(compiled, looked, past);
  const objects: TriedObject[] = [];
  for (const each of looked) {
    const isFresh = isKnown(each) || (await wasKnown(compiled, each.labels, figures, rule.above));
    objects.push(tried(compiled, each.labels, isFresh ? outcome.clears : outcome.fires, NaN));
  }
  return objects;
}

/** Each look asks history for what the one before found missing; a condition that does not hold asks for no more. */
async function computed(
  compiled: CompiledRule,
  looked: readonly Looked[],
  past: PastReader,
): Promise<TriedObject[]> {
  let objects: TriedObject[] = [];
  for (let look = 0; look < compiled.guards.length + 2; look++) {
    objects = looked.map(({ labels, figures: values }) => {
      const { seen, value } = judgeRule(compiled, termsOf(compiled.kind, labels, values, past));
      return tried(compiled, labels, seen, value);
    });
    await past.idle();
  }
  return objects;
}

function termsOf(
  kind: ObjectKind,
  labels: readonly string[],
  figures: Float64Array | undefined,
  past: PastReader,
): Terms {
  return {
    second: past.second,
    now: (column) => figures?.[column] ?? NaN,
    rate: (column, seconds) => past.rate(kind, labels, column, seconds),
    past: (column, seconds) => past.past(kind, labels, column, seconds),
    trend: (column, seconds) => past.trend(kind, labels, column, seconds),
    baseline: (column, days) => past.baseline(kind, labels, column, days),
  };
}

/** Whether anything that the rule watches was known in the last `seconds`. */
async function wasKnown(
  { kind, watched }: CompiledRule,
  labels: readonly string[],
  figures: Figures,
  seconds: number,
): Promise<boolean> {
  const toSecond = (figures.second ?? 0) + 1;
  const columns = watched === -1 ? seriesOf(kind).slice(0, 16) : [seriesOf(kind)[watched]!];
  for (const { id } of columns) {
    const asked = { kind: kind.name, labels, series: id, fromSecond: toSecond - seconds, toSecond };
    const stretches = await figures.select({ ...asked, stepSeconds: Math.max(1, Math.ceil(seconds / 600)) });
    if (stretches.some(({ points }) => points.weight.some((weight) => weight > 0))) return true;
  }
  return false;
}

function tried(
  { kind, unit }: CompiledRule,
  labels: readonly string[],
  seen: Outcome,
  value: number,
): TriedObject {
  const text = Number.isNaN(value) ? '' : figureText(value, unit);
  return {
    labels: subjectOf(kind.name, kind.labels, labels).labels,
    verdict: verdicts[seen],
    ...(Number.isFinite(value) ? { value } : {}),
    text,
  };
}
