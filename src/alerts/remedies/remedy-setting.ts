/** What a rule says of the remedy that it wants, and how often that may be. */
import { z } from 'zod';
import { secondsIn } from '../rules/durations.js';

const often = /^(\d{1,4})\/(.+)$/;
const day = 86_400;

/** `2/1h`: twice within any hour. */
const atMost = z
  .string()
  .max(20)
  .transform((written, context) => {
    const match = often.exec(written.trim());
    const withinSeconds = match === null ? undefined : secondsIn(match[2]!);
    const count = Number(match?.[1] ?? 0);
    if (withinSeconds !== undefined && count >= 1 && withinSeconds >= 60 && withinSeconds <= 30 * day)
      return { count, withinSeconds };
    context.addIssue({ code: 'custom', message: 'must be a count within a time of 1m to 30d, such as 2/1h' });
    return z.NEVER;
  });

export const remedySetting = z.strictObject({
  name: z.string().min(1).max(63),
  /** `approval`: it is asked for, and a person approves. */
  mode: z.enum(['approval', 'automatic']).default('approval'),
  atMost: atMost.prefault('2/1h'),
  /** In place of what the alert's subject and its cause say. */
  parameters: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).default({}),
});

/** What the configuration says of all remedies. */
export const remedySettings = z.strictObject({
  /** False: no rule applies a remedy by itself, whatever it says. */
  automatic: z.boolean().default(true),
  /** Automatic remedies of all rules together, at one object. */
  perObject: atMost.prefault('4/1h'),
});

export type RemedySettings = z.output<typeof remedySettings>;

export type RemedySetting = z.output<typeof remedySetting>;
