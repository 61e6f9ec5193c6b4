/** What the API answers of alerts and incidents, as schemas: the OpenAPI document shows them. */
import { z } from 'zod';

const texts = z.record(z.string(), z.string());
const epochMs = z.number().describe('milliseconds since the Unix epoch');
const severity = z.enum(['info', 'warning', 'critical']);
const subject = z.object({ kind: z.string(), labels: texts });

const reading = z.object({
  series: z.string(),
  subject,
  value: z.number().optional().describe('left out: unknown'),
  unit: z.string(),
  atMs: epochMs,
});

export const alertAnswer = z.object({
  id: z.string(),
  rule: z.string(),
  severity,
  subject,
  labels: texts,
  state: z.enum(['pending', 'firing', 'unknown', 'resolved']),
  reading,
  condition: z.string(),
  summary: z.string(),
  runbook: z.string().optional(),
  sinceMs: epochMs,
  endedMs: epochMs.optional(),
  inhibitedBy: z.string().optional().describe('the alert that explains it'),
  silencedBy: z.string().optional(),
});

const cause = z.object({
  signature: z.string(),
  subject,
  title: z.string(),
  explanation: z.string().optional().describe('in words, with its figures'),
  score: z.number().describe('from 0 to 1'),
  evidence: z.array(
    z.object({ speaks: z.enum(['for', 'against', 'unknown']), text: z.string(), readings: z.array(reading) }),
  ),
  remedies: z.array(
    z.object({
      remedy: z.string(),
      parameters: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
      text: z.string(),
      command: z.string(),
    }),
  ),
  check: z
    .object({ text: z.string(), withinSeconds: z.number() })
    .optional()
    .describe('what has to hold when a remedy worked'),
});

const incidentShape = {
  id: z.string(),
  title: z.string(),
  severity,
  state: z.enum(['open', 'acknowledged', 'resolved']),
  causes: z.array(cause).describe('the likeliest first'),
  labels: texts,
  openedMs: epochMs,
  acknowledgedBy: z.string().optional(),
  resolvedMs: epochMs.optional(),
};

export const incidentRowAnswer = z.object({
  ...incidentShape,
  alertsOpen: z.int(),
  alertsTotal: z.int(),
});

export const incidentAnswer = z.object({
  ...incidentShape,
  alerts: z.array(alertAnswer),
  timeline: z.array(
    z.object({ atMs: epochMs, kind: z.string(), text: z.string(), by: z.string().optional() }),
  ),
});

/** Of an alert, what the reader's language says. */
export const alertTexts = ['condition', 'summary'];

const causeTexts = [...['title', 'explanation', 'evidence[].text', 'remedies[].text', 'check.text']].map(
  (field) => `causes[].${field}`,
);

export const incidentRowTexts = ['title', ...causeTexts];

export const incidentTexts = [
  ...incidentRowTexts,
  ...alertTexts.map((field) => `alerts[].${field}`),
  'timeline[].text',
];

export const silenceAnswer = z.object({
  id: z.string(),
  match: texts,
  fromMs: epochMs,
  toMs: epochMs,
  by: z.string(),
  reason: z.string(),
});

export const alertRuleAnswer = z.object({
  name: z.string(),
  source: z.enum(['default', 'configuration', 'api']),
  help: z.string().optional(),
  rule: z.record(z.string(), z.unknown()).describe('durations in seconds'),
});

export const ruleTrialAnswer = z.object({
  rule: z.record(z.string(), z.unknown()).describe('durations in seconds'),
  condition: z.string().describe('in words'),
  second: z.number(),
  counts: z.object({ fires: z.int(), between: z.int(), unknown: z.int(), quiet: z.int() }),
  objects: z.array(
    z.object({
      labels: texts,
      verdict: z.enum(['fires', 'quiet', 'between', 'unknown']),
      value: z.number().optional().describe('left out: unknown, or without an end'),
      text: z.string(),
    }),
  ),
  leftOut: z.int(),
});

const spell = z.object({ fromSecond: z.number(), toSecond: z.number().optional() });

export const backtestAnswer = z.object({
  rule: z.string(),
  fromSecond: z.number(),
  toSecond: z.number(),
  stepSeconds: z.number(),
  objectsLookedAt: z.int(),
  figure: z.string().describe('what is compared'),
  unit: z.string(),
  level: z.number().optional().describe('what the figure is compared with; left out: nothing'),
  curves: z
    .array(
      z.object({
        labels: texts,
        startSecond: z.number(),
        stepSeconds: z.number(),
        values: z.array(z.number().nullable()).describe('null: unknown, or without an end'),
      }),
    )
    .describe('the figure of the few objects that tell most'),
  objects: z.array(
    z.object({
      labels: texts,
      pending: z.array(spell).describe('the condition held, not for long enough yet'),
      firing: z.array(spell),
      unknown: z.array(spell),
      pendingSeconds: z.number(),
      firingSeconds: z.number(),
      unknownSeconds: z.number(),
      worst: z.number().optional(),
    }),
  ),
  notifications: z.object({ fired: z.int(), resolved: z.int() }),
  leftOut: z.int(),
});
