/** The section `alerts` of the configuration, but for its routes and receivers, which notification owns. */
import { z } from 'zod';
import { remedySettings } from './remedies/remedy-setting.js';
import { defaultRules } from './rules/default-rules.js';
import { durationOf } from './rules/durations.js';
import { ruleSchema } from './rules/rule.js';

const severity = z.enum(['info', 'warning', 'critical']);
const day = 86_400;
const rulesMax = 500;

const escalationStep = z.strictObject({
  after: durationOf(60, 30 * day),
  severity: severity.optional(),
  labels: z.record(z.string().max(63), z.string().max(255)).optional(),
});

const inhibition = z.strictObject({
  /** The name of a rule. */
  by: z.string().min(1).max(63),
  /** Kinds of objects whose alerts are no news while it fires. */
  kinds: z.array(z.string().min(1).max(63)).min(1).max(32),
  /** Labels that must be the same. */
  equal: z.array(z.string().min(1).max(63)).max(16),
});

/** Fields of the section. */
export const alertShape = {
  /** Whether rules are evaluated at all. */
  enabled: z.boolean().default(true),
  /** Rules that come with Sluice and are not wanted. */
  without: z.array(z.enum(defaultRules.map(({ name }) => name) as [string, ...string[]])).default([]),
  rules: z.array(ruleSchema).max(rulesMax).default([]),
  /** Added to those for engines that are down. */
  inhibit: z.array(inhibition).max(100).default([]),
  /** What becomes of incidents that nobody acknowledges. */
  escalation: z.array(escalationStep).max(16).default([]),
  /** An alert that comes back within this time opens its incident again. */
  reopenWithin: durationOf(0, 7 * day).prefault('30m'),
  remedies: remedySettings.prefault({}),
} as const;

const section = z.strictObject(alertShape);
export type AlertSettings = z.output<typeof section>;

/** The section without routes and receivers. */
export const alertSettings: z.ZodType<AlertSettings> = section;
