/** Sending dead letters back to where they failed. What consumers then do with them cannot be undone. */
import { z } from 'zod';
import type { Redrive } from '../actions.js';
import { defineRemedy, type AnyRemedy } from '../remedy.js';
import { absent, ofQueue, queueObject } from './queue-terms.js';

/** A redrive ends within this: an operator waits for it. */
const secondsMax = 30;

const given = z
  .strictObject({
    ...ofQueue,
    failedIn: z.string().min(1).max(255).optional(),
    reason: z.string().min(1).max(1_000).optional(),
    count: z.int().min(1).max(10_000).default(100),
    perSecond: z.number().min(1).max(10_000).default(100),
  })
  .refine(
    ({ count, perSecond }) => count / perSecond <= secondsMax,
    `takes over ${secondsMax} s: fewer at a time, or a higher rate`,
  );

interface RedrivePlan {
  readonly redrive: Redrive;
  readonly positions: readonly number[];
  /** The queues that they go back to. */
  readonly targets: readonly string[];
}

const redrive = defineRemedy<z.output<typeof given>, RedrivePlan>({
  name: 'redrive',
  title: 'Send dead letters back to where they failed',
  parameters: given,
  objectOf: ({ redrive }) => queueObject(redrive),
  measure: (actions, { redrive: { vhost }, targets }) => {
    const failed = targets.map((queue) => [queue, actions.queue({ vhost, queue })?.deadLettered] as const);
    return Object.fromEntries(failed.filter((each): each is [string, number] => each[1] !== undefined));
  },
  afterRestart: 'stays',
  preview: async (actions, { vhost, queue, failedIn, reason, count, perSecond }) => {
    const parameters = {
      ...{ vhost, queue, count, perSecond },
      ...(failedIn === undefined ? {} : { failedIn }),
      ...(reason === undefined ? {} : { reason }),
    };
    if (actions.queue(parameters) === undefined) return absent(parameters);
    const { positions, targets, homeless, seen, unseen } = await actions.planRedrive(parameters);
    if (positions.length === 0)
      return {
        refusal: `none of ${seen} dead letters that were looked at can go back (${homeless} have no way back)`,
      };
    return {
      parameters,
      plan: { redrive: parameters, positions, targets: Object.keys(targets).sort() },
      effects: [
        ...Object.entries(targets).map(([queue, count]) => `${count} messages go back to '${queue}'.`),
        ...(homeless === 0
          ? []
          : [`${homeless} stay: their queue is not there any more, or they do not say it.`]),
        `At most ${parameters.perSecond} a second; it cannot be undone.`,
      ],
      unknown: [
        'Whether they fail again.',
        ...(unseen === 0 ? [] : [`${unseen} more dead letters were not looked at.`]),
      ],
    };
  },
  apply: async ({ actions }, { redrive: wish }) => {
    const { sent, targets, problem } = await actions.redrive(wish);
    const where = Object.entries(targets).map(([queue, count]) => `${count} to '${queue}'`);
    return `Sent ${[`${sent} messages back: ${where.join(', ')}`, ...(problem === undefined ? [] : [problem])].join('; ')}.`;
  },
  stands: () => Promise.resolve(undefined),
  check: {
    text: 'Fewer than half of what went back has failed again.',
    settleSeconds: 20,
    withinSeconds: 60,
    holds: ({ actions, plan, before }) => {
      const { positions, targets, redrive } = plan;
      let failed = 0;
      for (const queue of targets) {
        const now = actions.queue({ vhost: redrive.vhost, queue })?.deadLettered;
        const then = before?.[queue];
        // Counted from a restart on: what was before is not known any more.
        if (now === undefined || then === undefined || now < then) return undefined;
        failed += now - then;
      }
      return failed * 2 < positions.length;
    },
  },
});

export const redriveRemedies: readonly AnyRemedy[] = [redrive];
