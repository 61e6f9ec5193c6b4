/** Ending a consumer that hangs, and letting one hold more or fewer messages. */
import { z } from 'zod';
import type { QueueName } from '../actions.js';
import { defineRemedy, type AnyRemedy } from '../remedy.js';
import {
  absent,
  queueObject,
  consumerFigure,
  consumerOf,
  identity,
  ofQueue,
  queueFigure,
  secondsText,
} from './queue-terms.js';

interface ConsumerPlan extends QueueName {
  readonly consumer: string;
}

const noConsumer = ({ queue }: QueueName, consumer: string | undefined) => ({
  refusal:
    consumer === undefined
      ? `queue '${queue}' has no consumers`
      : `queue '${queue}' has no consumer '${consumer}'`,
});

const closeGiven = z.strictObject({ ...ofQueue, consumer: identity.optional() });

const closeConsumer = defineRemedy<z.output<typeof closeGiven>, ConsumerPlan>({
  name: 'close-consumer',
  title: 'End a consumer that hangs: what it holds comes back',
  parameters: closeGiven,
  objectOf: queueObject,
  afterRestart: 'stays',
  preview: (actions, { vhost, queue, consumer }) => {
    const name = { vhost, queue };
    if (actions.queue(name) === undefined) return Promise.resolve(absent(name));
    const found = consumerOf(actions, name, consumer);
    if (found === undefined) return Promise.resolve(noConsumer(name, consumer));
    const left = actions.consumers(name).length - 1;
    const plan = { ...name, consumer: found.identity };
    return Promise.resolve({
      ...{ parameters: plan, plan },
      effects: [
        `Consumer '${found.identity}' of user '${found.user}' ends.`,
        `${found.unacknowledged} messages come back to '${queue}', the oldest held for ${secondsText(found.oldestUnacknowledgedMs)}; they are delivered again.`,
        left === 0
          ? 'No consumer is left.'
          : left === 1
            ? 'One consumer is left.'
            : `${left} consumers are left.`,
      ],
      unknown: [
        'What the consumer has done with those messages already.',
        'Whether its client consumes again.',
      ],
    });
  },
  apply: async ({ actions, reason }, plan) => {
    const { returned } = await actions.closeConsumer(plan, plan.consumer, reason);
    return `Ended consumer '${plan.consumer}'; ${returned} messages came back.`;
  },
  stands: ({ actions }, plan) => Promise.resolve(consumerOf(actions, plan, plan.consumer) === undefined),
  check: {
    text: 'The consumer is gone.',
    withinSeconds: 30,
    holds: ({ figures, plan }) => {
      if (figures === undefined || queueFigure(figures, plan, 'consumers') === undefined) return undefined;
      return consumerFigure(figures, plan, plan.consumer, 'unacknowledged_messages') === undefined;
    },
  },
});

const prefetchGiven = closeGiven.extend({ prefetch: z.int().min(1).max(65_535) });

interface PrefetchPlan extends ConsumerPlan {
  readonly prefetch: number;
  readonly before: number;
}

const setPrefetch = defineRemedy<z.output<typeof prefetchGiven>, PrefetchPlan>({
  name: 'set-prefetch',
  title: 'Let a consumer hold more or fewer messages',
  parameters: prefetchGiven,
  objectOf: queueObject,
  afterRestart: 'gone',
  preview: (actions, { vhost, queue, consumer, prefetch }) => {
    const name = { vhost, queue };
    if (actions.queue(name) === undefined) return Promise.resolve(absent(name));
    const found = consumerOf(actions, name, consumer);
    if (found === undefined) return Promise.resolve(noConsumer(name, consumer));
    if (found.prefetch === prefetch)
      return Promise.resolve({
        refusal: `consumer '${found.identity}' may hold ${prefetch} messages already`,
      });
    const before = found.prefetch === 0 ? 'any number of' : String(found.prefetch);
    const parameters = { ...name, consumer: found.identity, prefetch };
    return Promise.resolve({
      parameters,
      plan: { ...parameters, before: found.prefetch },
      effects: [
        `Consumer '${found.identity}' may hold ${prefetch} messages; until now ${before}. It holds ${found.unacknowledged}.`,
        'It holds until the consumer ends.',
      ],
      unknown: ['Whether a limit of its channel or its user is lower.'],
    });
  },
  apply: async ({ actions }, plan) => {
    await actions.setPrefetch(plan, plan.consumer, plan.prefetch);
    return `Consumer '${plan.consumer}' may hold ${plan.prefetch} messages.`;
  },
  undo: async ({ actions }, plan) => {
    if (consumerOf(actions, plan, plan.consumer) === undefined)
      return 'The consumer has gone, and its limit with it.';
    await actions.setPrefetch(plan, plan.consumer, plan.before);
    return `Consumer '${plan.consumer}' may hold ${plan.before === 0 ? 'any number of' : plan.before} messages again.`;
  },
  stands: ({ actions }, plan) =>
    Promise.resolve(consumerOf(actions, plan, plan.consumer)?.prefetch === plan.prefetch),
  check: {
    text: 'The consumer has the new limit.',
    withinSeconds: 15,
    holds: ({ figures, plan }) => {
      const figure = figures && consumerFigure(figures, plan, plan.consumer, 'prefetch_limit');
      return figure === undefined ? undefined : figure === plan.prefetch;
    },
  },
});

export const consumerRemedies: readonly AnyRemedy[] = [closeConsumer, setPrefetch];
