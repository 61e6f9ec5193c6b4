/**
 * Rules as people write them, in `sluice.yaml` and through the API, checked as a whole. Invariant: a rule that was
 * parsed can be computed: its kind of object, series, labels and placeholders exist, and its levels stand in order.
 */
import { z } from 'zod';
import { messageOf, SluiceError } from '../../kernel/index.js';
import { catalogue, seriesOf, type ObjectKind } from '../../monitor/index.js';
import { remedies } from '../remedies/catalogue.js';
import { remedySetting } from '../remedies/remedy-setting.js';
import { durationOf } from './durations.js';
import { parseExpression, type Expression } from './expression.js';
import { labelMatcher } from './selector.js';

const day = 86_400;
const name = z
  .string()
  .max(63)
  .regex(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/, 'must be a name such as backlog-growing');
const text = z.string().min(1).max(500);
const expression = z.string().min(1).max(500);
const level = z.number();
const labels = z
  .record(z.string().regex(/^[a-zA-Z_][a-zA-Z0-9_]*$/, 'must be a name such as team'), z.string().max(255))
  .default({});

/** A second condition, which has to hold as well; it has no band. */
const guard = z.strictObject({
  metric: expression,
  above: level.optional(),
  below: level.optional(),
});

const base = {
  name,
  /** The kind of object that it looks at, one by one. */
  of: z.string().max(63).default('queue'),
  /** Labels of the objects: exact, a glob, or `/a regular expression/`. */
  where: z.record(z.string(), z.string().min(1).max(1_000)).default({}),
  /** Objects that are left out: those of which any of these labels is so. */
  except: z.record(z.string(), z.string().min(1).max(1_000)).default({}),
  enabled: z.boolean().default(true),
  severity: z.enum(['info', 'warning', 'critical']).default('warning'),
  /** The condition must hold so long before the rule fires. */
  for: durationOf(0, 7 * day).prefault(0),
  /** It must be known to be over for so long before the alert ends. */
  clearFor: durationOf(0, 7 * day).prefault('1m'),
  /** For routes: `team`, `owner`. */
  labels,
  /** What people read. `{queue}`: a label; `{value}`: the figure; `{condition}`. */
  summary: text.optional(),
  /** An address, or a page of this documentation. */
  runbook: z
    .string()
    .max(2_000)
    .regex(/^(https?:\/\/|docs\/)\S+$/, 'must be an address such as https://wiki.example/backlog')
    .optional(),
  /** What is to be done when it fires, where somebody approves or at once. */
  remedy: remedySetting.optional(),
  /** All of these must hold as well. */
  while: z.array(guard).max(8).default([]),
} as const;

/** Above or below a level; `clear` is where it is over again. */
const levels = { above: level.optional(), below: level.optional(), clear: level.optional() } as const;
const series = z.string().min(1).max(200);

const threshold = z.strictObject({ ...base, kind: z.literal('threshold'), metric: expression, ...levels });

const change = z.strictObject({
  ...base,
  kind: z.literal('change'),
  metric: series,
  /** How far back it is compared. */
  over: durationOf(10, 7 * day).prefault('10m'),
  /** As a share of what it was: 0.5 is half as much again. */
  relative: z.boolean().default(false),
  ...levels,
});

const forecast = z.strictObject({
  ...base,
  kind: z.literal('forecast'),
  metric: series,
  /** The line is drawn through so much of the past. */
  over: durationOf(60, 7 * day).prefault('30m'),
  above: level.optional(),
  below: level.optional(),
  /** Fires when the line gets there within this time. */
  within: durationOf(60, 30 * day),
});

const anomaly = z.strictObject({
  ...base,
  kind: z.literal('anomaly'),
  metric: expression,
  /** Earlier days that it is compared with, at the same time of day. */
  days: z.int().min(3).max(28).default(7),
  /** Robust standard deviations from the median. */
  deviations: z.number().min(1).max(100).default(6),
  side: z.enum(['both', 'above', 'below']).default('both'),
  /** A smaller distance from the median says nothing. */
  least: z.number().min(0).default(0),
});

const absence = z.strictObject({
  ...base,
  kind: z.literal('absence'),
  /** A series that should be known; left out, the object is looked for. */
  metric: series.optional(),
});

const burnWindow = z.strictObject({
  factor: z.number().positive(),
  long: durationOf(60, 30 * day),
  short: durationOf(10, 30 * day),
});

const burnRate = z.strictObject({
  ...base,
  kind: z.literal('burn-rate'),
  /** A counter of what went wrong. */
  bad: series,
  /** A counter of everything. */
  total: series,
  /** The share that has to go well: 0.999. */
  objective: z.number().gt(0).lt(1),
  /** Pairs of windows, both of which must burn `factor` times as fast as the objective allows. */
  windows: z
    .array(burnWindow)
    .min(1)
    .max(6)
    .prefault([
      { factor: 14.4, long: '1h', short: '5m' },
      { factor: 6, long: '6h', short: '30m' },
      { factor: 1, long: '3d', short: '6h' },
    ]),
});

const staleness = z.strictObject({
  ...base,
  kind: z.literal('staleness'),
  /** A series that should be known; left out, any figure of the object is enough. */
  metric: series.optional(),
  /** Nothing was known for longer than this. */
  above: durationOf(5, 7 * day).prefault('1m'),
});

/** A condition that a part of the program tells itself: nothing is computed. */
const signal = z.strictObject({ ...base, kind: z.literal('signal') });

const anyRule = z.discriminatedUnion('kind', [
  threshold,
  change,
  forecast,
  anomaly,
  absence,
  burnRate,
  staleness,
  signal,
]);

/** A rule that was checked, with durations in seconds. */
export type Rule = z.output<typeof anyRule>;
export type RuleKind = Rule['kind'];

/** A rule as it is written. `kind` is `threshold` where it is left out. */
export type RuleDefinition = Readonly<Record<string, unknown>>;

/** Schema of a rule. */
export const ruleSchema: z.ZodType<Rule> = z
  .unknown()
  .transform((given) =>
    typeof given === 'object' && given !== null && !('kind' in given)
      ? { ...given, kind: 'threshold' }
      : given,
  )
  .pipe(anyRule)
  .superRefine((rule, context) => {
    for (const message of problemsOf(rule)) context.addIssue({ code: 'custom', message });
  });

/** Throws `bad-input` with everything that is wrong. */
export function parseRule(given: unknown): Rule {
  const parsed = ruleSchema.safeParse(given);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.flatMap(problemTexts);
  throw new SluiceError('bad-input', problems.join('; '), { details: { problems } });
}

/** `field: what is wrong`, where it is of one field. */
function problemTexts(issue: z.core.$ZodIssue): readonly string[] {
  const path = issue.path.map(String);
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => `${[...path, key].join('.')}: there is no such field here`);
  return [path.length === 0 ? issue.message : `${path.join('.')}: ${issue.message}`];
}

/** The kind of object with this name; undefined: there is none. */
export function objectKind(kind: string): ObjectKind | undefined {
  return catalogue.find((each) => each.name === kind);
}

/** The fields of a rule that are expressions over its kind. */
function expressionsOf(rule: Rule): readonly (readonly [field: string, text: string])[] {
  const guards = rule.while.map(({ metric }, at) => [`while.${at}.metric`, metric] as const);
  if (rule.kind === 'burn-rate')
    return [...guards, ['bad', `rate(${rule.bad})`], ['total', `rate(${rule.total})`]];
  if (rule.kind === 'signal' || rule.metric === undefined) return guards;
  return [...guards, ['metric', rule.metric]];
}

function problemsOf(rule: Rule): readonly string[] {
  const { remedy } = rule;
  if (remedy !== undefined && !remedies.some(({ name }) => name === remedy.name))
    return [
      `remedy: there is no '${remedy.name}'; there are ${remedies.map((each) => each.name).join(', ')}`,
    ];
  const kind = objectKind(rule.of);
  if (kind === undefined) {
    // Signals are about anything.
    if (rule.kind === 'signal') return [];
    return [`of: there is no kind '${rule.of}'; there are ${catalogue.map((each) => each.name).join(', ')}`];
  }
  const tries: readonly (() => void)[] = [
    () => labelMatcher(kind.labels, rule.where),
    () => labelMatcher(kind.labels, rule.except, 'except'),
    ...expressionsOf(rule).map(([field, text]) => () => {
      parseField(field, text, kind);
    }),
    () => {
      requireOneSeries(rule, kind);
    },
  ];
  const thrown = tries.flatMap((attempt) => {
    try {
      attempt();
      return [];
    } catch (problem) {
      return [messageOf(problem)];
    }
  });
  return [...thrown, ...levelProblems(rule), ...placeholderProblems(rule, kind)];
}

function parseField(field: string, text: string, kind: ObjectKind): void {
  try {
    parseExpression(text, kind);
  } catch (cause) {
    throw new SluiceError('bad-input', `${field}: ${messageOf(cause)}`, { cause });
  }
}

/** What is followed through time is one series, as history keeps it. */
function requireOneSeries(rule: Rule, kind: ObjectKind): void {
  if (rule.kind === 'signal' || rule.kind === 'threshold' || rule.kind === 'burn-rate') return;
  if (rule.metric === undefined) return;
  const parsed = parseExpression(rule.metric, kind);
  if (rule.kind === 'change' && rule.relative && isCounter(parsed, kind))
    throw new SluiceError('bad-input', 'relative: what a counter grew by is no share of what it was');
  if (parsed.kind === 'now' || (rule.kind === 'anomaly' && parsed.kind === 'rate')) return;
  const also = rule.kind === 'anomaly' ? ', or its rate' : '';
  throw new SluiceError('bad-input', `metric: a rule of kind ${rule.kind} is of one series${also}`);
}

function isCounter(expression: Expression, kind: ObjectKind): boolean {
  return expression.kind === 'now' && seriesOf(kind)[expression.column]?.kind === 'counter';
}

function levelProblems(rule: Rule): readonly string[] {
  const problems = rule.while
    .filter(({ above, below }) => (above === undefined) === (below === undefined))
    .map(() => 'while: give either above or below');
  if (rule.kind !== 'threshold' && rule.kind !== 'change' && rule.kind !== 'forecast') return problems;
  const { above, below } = rule;
  if ((above === undefined) === (below === undefined)) return [...problems, 'give either above or below'];
  const clear = rule.kind === 'forecast' ? undefined : rule.clear;
  if (clear === undefined) return problems;
  if (above !== undefined && clear > above) return [...problems, 'clear: must not be over above'];
  if (below !== undefined && clear < below) return [...problems, 'clear: must not be under below'];
  return problems;
}

/** What `{…}` may name in a summary, besides the labels of the kind. */
const placeholders = ['value', 'condition', 'rule'];

function placeholderProblems(rule: Rule, kind: ObjectKind): readonly string[] {
  const known = new Set([...kind.labels, ...placeholders]);
  return [...(rule.summary ?? '').matchAll(/\{([^{}]*)\}/g)]
    .filter(([, placeholder]) => !known.has(placeholder!))
    .map(([, placeholder]) => `summary: there is no {${placeholder}}; there are ${[...known].join(', ')}`);
}
