/**
 * Replays a rule over recorded history with the same judgement and the same steps as live: when it would have fired, of
 * what, for how long, and how often somebody would have been told. Stretches of which nothing is known are shown.
 */
import { SluiceError, type Clock } from '../../kernel/index.js';
import { Pacer, engineKind, seriesOf, type Figures } from '../../monitor/index.js';
import { CurvePoints, FewCurves, isLowFurther, levelOf, type Curve } from './backtest-curve.js';
import { compileRule, judgeRule, type CompiledRule } from './compile.js';
import { upColumn } from './measured-engines.js';
import { outcome, step, type Outcome, type Progress } from './progress.js';
import { ReplayTerms, type ReplayRange } from './replay-terms.js';
import type { Rule } from './rule.js';

export interface BacktestOptions {
  readonly figures: Figures;
  readonly clock: Clock;
  readonly pause: () => Promise<void>;
  /** Unix seconds; 30 days apart at most. */
  readonly fromSecond: number;
  readonly toSecond: number;
  /** Where history begins; what lies before it is not replayed. Left out: history may know all of the time. */
  readonly historySecond?: number | undefined;
}

/** A time of which something holds. */
export interface Spell {
  readonly fromSecond: number;
  /** Undefined: to the end of what is replayed. */
  readonly toSecond: number | undefined;
}

/** What would have become of one object. */
export interface ReplayedObject {
  readonly labels: Readonly<Record<string, string>>;
  /** Its condition held, not for long enough yet. */
  readonly pending: readonly Spell[];
  readonly firing: readonly Spell[];
  readonly unknown: readonly Spell[];
  readonly pendingSeconds: number;
  readonly firingSeconds: number;
  readonly unknownSeconds: number;
  /** The furthest value while it fired; undefined: it never did, or the value has no end. */
  readonly worst: number | undefined;
}

export interface Backtest {
  readonly rule: string;
  /** Of what was replayed: no earlier than history begins. */
  readonly fromSecond: number;
  readonly toSecond: number;
  /** Seconds between two evaluations: what history keeps of that time. */
  readonly stepSeconds: number;
  readonly objectsLookedAt: number;
  /** What is compared: a series, or what is computed from some. */
  readonly figure: string;
  readonly unit: CompiledRule['unit'];
  /** What the figure is compared with; undefined: with nothing. */
  readonly level: number | undefined;
  /** The figure of the few objects that tell most. */
  readonly curves: readonly Curve[];
  /** Those that fired, were about to, or of which nothing is known for a time; the most firing first. */
  readonly objects: readonly ReplayedObject[];
  /** How often an alert would have fired and ended: what people would have been told of. */
  readonly notifications: { readonly fired: number; readonly resolved: number };
  /** Objects beyond those that one replay looks at. */
  readonly leftOut: number;
}

const objectsMax = 2_000;
const shownMax = 500;
const secondsMax = 30 * 86_400;
const spellsMax = 200;
const day = 86_400;

/** Rejects with `bad-input` for a time that is too long, and for signals. */
export async function backtest(rule: Rule, asked: BacktestOptions): Promise<Backtest> {
  const compiled = compileRule(rule);
  if (compiled === undefined)
    throw new SluiceError('bad-input', 'a signal is told by the program: history has nothing of it');
  const { toSecond, historySecond = -Infinity } = asked;
  if (toSecond <= asked.fromSecond || toSecond - asked.fromSecond > secondsMax)
    throw new SluiceError('bad-input', 'a rule is replayed over up to 30 days');
  const fromSecond = Math.max(asked.fromSecond, Math.min(historySecond, toSecond - 1));
  const options = { ...asked, fromSecond };
  const range = rangeOf(compiled, options);
  const matching = [...options.figures.objects(compiled.kind.name)].filter(compiled.matches);
  const looked = matching.slice(0, objectsMax);
  const isAbsence = rule.kind === 'absence';
  const curves = new FewCurves();
  const replayed = isAbsence
    ? [await replayAbsence(compiled, looked, range, options, curves)]
    : await replayEach(compiled, looked, range, options, curves);
  const telling = replayed.filter(({ pending, firing, unknown }) =>
    [pending, firing, unknown].some(({ length }) => length > 0),
  );
  const spells = replayed.flatMap(({ firing }) => firing);
  return {
    ...{ rule: rule.name, fromSecond, toSecond, stepSeconds: range.stepSeconds },
    objectsLookedAt: isAbsence ? 1 : looked.length,
    ...{ figure: compiled.series, unit: compiled.unit, level: levelOf(rule), curves: curves.all },
    objects: telling.sort(byTelling).slice(0, shownMax),
    notifications: {
      fired: spells.length,
      resolved: spells.filter((spell) => spell.toSecond !== undefined).length,
    },
    leftOut: matching.length - looked.length,
  };
}

function byTelling(one: ReplayedObject, other: ReplayedObject): number {
  return other.firingSeconds - one.firingSeconds || other.pendingSeconds - one.pendingSeconds;
}

function rangeOf({ reads }: CompiledRule, { fromSecond, toSecond }: BacktestOptions): ReplayRange {
  const before = reads.reduce((max, { seconds }) => Math.max(max, seconds), 60);
  // A day and an hour: what is kept in steps of ten seconds.
  const stepSeconds = toSecond - fromSecond + Math.min(before, day) <= day + 3_600 && before <= day ? 10 : 60;
  const start = fromSecond - before;
  return { startSecond: start - (start % stepSeconds), toSecond, stepSeconds };
}

async function replayEach(
  compiled: CompiledRule,
  objects: readonly (readonly string[])[],
  range: ReplayRange,
  options: BacktestOptions,
  curves: FewCurves,
): Promise<ReplayedObject[]> {
  const pacer = new Pacer(options.clock, options.pause);
  const replayed: ReplayedObject[] = [];
  for (const labels of objects) {
    const terms = await ReplayTerms.read(options.figures, compiled.kind, labels, columnsOf(compiled), range);
    const judge =
      compiled.rule.kind === 'staleness' ? staleJudge(compiled, terms) : ruleJudge(compiled, terms);
    replayed.push(await replayOne(compiled, labels, terms, judge, range, options, pacer, curves));
  }
  return replayed;
}

type Judge = () => {
  readonly seen: Outcome;
  readonly value: number;
  /** The figure as such, where a condition that has to hold as well does not. */
  readonly shown?: number;
};

function ruleJudge(compiled: CompiledRule, terms: ReplayTerms): Judge {
  return () => {
    const judged = judgeRule(compiled, terms);
    return Number.isNaN(judged.value) ? { ...judged, shown: compiled.value(terms) } : judged;
  };
}

/** Nothing known is the very thing that is looked for. */
function staleJudge({ judge, watched }: CompiledRule, terms: ReplayTerms): Judge {
  let knownSecond: number | undefined;
  return () => {
    const isKnown = watched === -1 ? terms.isKnown : !Number.isNaN(terms.now(watched));
    if (isKnown) knownSecond = terms.second;
    if (knownSecond === undefined) return { seen: outcome.clears, value: 0 };
    const value = terms.second - knownSecond;
    return { seen: judge(value), value };
  };
}

/** Absent is what nobody saw while its engine was measured. */
async function replayAbsence(
  compiled: CompiledRule,
  objects: readonly (readonly string[])[],
  range: ReplayRange,
  options: BacktestOptions,
  curves: FewCurves,
): Promise<ReplayedObject> {
  const { figures, clock, pause } = options;
  const all: ReplayTerms[] = [];
  for (const labels of objects)
    all.push(await ReplayTerms.read(figures, compiled.kind, labels, columnsOf(compiled), range));
  const engines: ReplayTerms[] = [];
  for (const labels of figures.objects(engineKind.name))
    if (compiled.engineMatches(labels[0] ?? ''))
      engines.push(await ReplayTerms.read(figures, engineKind, labels, engineColumns, range));
  const clockTerms = await ReplayTerms.read(figures, compiled.kind, [], [], range);
  const judge: Judge = () => {
    for (const terms of [...all, ...engines]) terms.second = clockTerms.second;
    const isThere = all.some((terms) =>
      compiled.watched === -1 ? terms.isKnown : !Number.isNaN(terms.now(compiled.watched)),
    );
    if (isThere) return { seen: outcome.clears, value: 0 };
    const isMeasured = engines.some((terms) => terms.isKnown && terms.now(upColumn) !== 0);
    return { seen: isMeasured ? outcome.fires : outcome.unknown, value: NaN };
  };
  const labels = compiled.kind.labels.map((label) => compiled.rule.where[label] ?? '*');
  const pacer = new Pacer(clock, pause);
  return replayOne(compiled, labels, clockTerms, judge, range, options, pacer, curves);
}

async function replayOne(
  compiled: CompiledRule,
  labels: readonly string[],
  terms: ReplayTerms,
  judge: Judge,
  { stepSeconds }: ReplayRange,
  { fromSecond, toSecond }: BacktestOptions,
  pacer: Pacer,
  curves: FewCurves,
): Promise<ReplayedObject> {
  const timing = { ...compiled.timing, gapSeconds: Math.max(30, stepSeconds * 2) };
  const [pending, firing, unknown] = [new Spells(), new Spells(), new Spells()];
  let progress: Progress | undefined;
  let worst: number | undefined;
  const first = fromSecond + stepSeconds - (fromSecond % stepSeconds);
  const points = new CurvePoints(compiled.rule, first, toSecond, stepSeconds);
  for (let second = first; second < toSecond; second += stepSeconds) {
    terms.second = second - stepSeconds;
    const { seen, value, shown = value } = judge();
    points.add(second, shown);
    progress = step(progress, seen, second, timing).progress;
    const isFiring = progress !== undefined && progress.state !== 'pending';
    pending.at(second, progress?.state === 'pending');
    firing.at(second, isFiring);
    unknown.at(second, seen === outcome.unknown);
    if (isFiring && Number.isFinite(value)) worst = further(compiled.rule, worst, value);
    if (pacer.isDue) await pacer.pause();
  }
  const named = Object.fromEntries(compiled.kind.labels.map((label, at) => [label, labels[at] ?? '']));
  const [pendingSeconds, firingSeconds] = [pending.seconds(toSecond), firing.seconds(toSecond)];
  curves.add(firingSeconds + pendingSeconds, points, named);
  return {
    labels: named,
    ...{ pending: pending.all, firing: firing.all, unknown: unknown.all, worst },
    ...{ pendingSeconds, firingSeconds },
    unknownSeconds: unknown.seconds(toSecond),
  };
}

function further(rule: Rule, worst: number | undefined, value: number): number {
  if (worst === undefined) return value;
  return isLowFurther(rule) ? Math.min(worst, value) : Math.max(worst, value);
}

/** Collects the times in which something holds. */
class Spells {
  readonly all: { readonly fromSecond: number; toSecond: number | undefined }[] = [];
  #total = 0;
  #isOpen = false;
  #since = 0;

  at(second: number, holds: boolean): void {
    if (holds === this.#isOpen) return;
    this.#isOpen = holds;
    if (holds) {
      this.#since = second;
      if (this.all.length < spellsMax) this.all.push({ fromSecond: second, toSecond: undefined });
      return;
    }
    this.#total += second - this.#since;
    const last = this.all.at(-1);
    if (last?.toSecond === undefined && last?.fromSecond === this.#since) last.toSecond = second;
  }

  seconds(end: number): number {
    return this.#total + (this.#isOpen ? end - this.#since : 0);
  }
}

/** Whatever tells that an object was measured, where a rule watches no one column. */
function columnsOf({ reads, watched, kind, rule }: CompiledRule): ReadonlySet<number> {
  const isAny = watched === -1 && (rule.kind === 'absence' || rule.kind === 'staleness');
  return new Set([...reads.map(({ column }) => column), ...(isAny ? firstColumns(kind) : [])]);
}

const engineColumns: ReadonlySet<number> = new Set([upColumn, ...firstColumns(engineKind)]);

function firstColumns(kind: CompiledRule['kind']): readonly number[] {
  return seriesOf(kind)
    .slice(0, 16)
    .map((_, column) => column);
}
