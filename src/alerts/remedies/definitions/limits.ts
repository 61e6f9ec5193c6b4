/** Slowing publishers and raising a queue's limit: changes of how much may pass. */
import { z } from 'zod';
import type { PublisherSeen, PublisherTarget, QueueName } from '../actions.js';
import { defineRemedy, type AnyRemedy } from '../remedy.js';
import { absent, ofQueue, queueObject } from './queue-terms.js';

const text = z.string().min(1).max(2_000);

const throttleGiven = z.strictObject({
  engine: ofQueue.engine,
  vhost: text.optional(),
  /** The queue that fills; publishers are found by what they send, not by where it goes. */
  queue: text.optional(),
  connection: text.optional(),
  user: text.optional(),
  exchange: z.string().max(255).optional(),
  /** Messages a second; half of what is published now unless said otherwise. */
  perSecond: z.number().min(0.01).max(1_000_000).optional(),
});

type ThrottleGiven = z.output<typeof throttleGiven>;

interface ThrottlePlan {
  readonly target: PublisherTarget;
  readonly perSecond: number;
}

function targetOf(given: ThrottleGiven, seen: readonly PublisherSeen[]): PublisherTarget | undefined {
  const { connection, user, exchange, vhost } = given;
  if (user !== undefined || exchange !== undefined || connection !== undefined)
    return {
      ...(connection === undefined ? {} : { connection }),
      ...(user === undefined ? {} : { user }),
      ...(exchange === undefined ? {} : { exchange }),
      ...(vhost === undefined || connection !== undefined ? {} : { vhost }),
    };
  const busiest = seen
    .filter((each) => each.perSecond > 0 && (vhost === undefined || each.vhost === vhost))
    .sort((a, b) => b.perSecond - a.perSecond)[0];
  return busiest === undefined ? undefined : { connection: busiest.connection };
}

function targetText(target: PublisherTarget): string {
  return Object.entries(target)
    .map(([part, value]) => `${part} '${value}'`)
    .join(', ');
}

/** A second's worth may pass at once, and what was on its way; a rate is never met to the message. */
const burstSeconds = 2;
const toleranceFactor = 1.1;

const limitName = (id: string): string => `remedy ${id}`;

const throttlePublisher = defineRemedy<ThrottleGiven, ThrottlePlan>({
  name: 'throttle-publisher',
  title: 'Slow a publisher down',
  parameters: throttleGiven,
  objectOf: ({ target }) => `publisher ${targetText(target)}`,
  measure: (actions, { target }) => actions.publishedBy(target) ?? {},
  afterRestart: 'applied-again',
  preview: async (actions, given) => {
    const publishers = await actions.publishers();
    const target = targetOf(given, publishers);
    if (target === undefined) return { refusal: 'nobody publishes over the network now' };
    const concerned = publishers.filter(
      ({ connection, user, vhost }) =>
        (target.connection ?? connection) === connection &&
        (target.user ?? user) === user &&
        (target.vhost ?? vhost) === vhost,
    );
    if (target.connection !== undefined && concerned.length === 0)
      return { refusal: `there is no connection '${target.connection}'` };
    const now = concerned.reduce((sum, { perSecond }) => sum + perSecond, 0);
    const perSecond = given.perSecond ?? Math.ceil(now / 2);
    if (perSecond === 0) return { refusal: 'it publishes nothing now: say how many a second it may' };
    const busiest = [...concerned].sort((a, b) => b.perSecond - a.perSecond)[0];
    return {
      parameters: { ...target, perSecond },
      plan: { target, perSecond },
      effects: [
        `${targetText(target)}: at most ${perSecond} messages a second together; ${concerned.length} connections publish ${Math.round(now)} a second now${busiest === undefined ? '' : `, '${busiest.connection}' of user '${busiest.user}' most of it`}.`,
        'Nothing is refused: their connections are read more slowly, acknowledgements on them too.',
      ],
      unknown: [
        ...(target.exchange === undefined ? [] : ['How much of that goes to the exchange.']),
        'What publishers do that wait longer for their confirms.',
      ],
    };
  },
  apply: ({ actions, id }, { target, perSecond }) => {
    actions.limitPublisher(limitName(id), target, perSecond);
    return Promise.resolve(`Held ${JSON.stringify(target)} to ${perSecond} messages a second.`);
  },
  undo: ({ actions, id }) => {
    const isLifted = actions.liftPublisherLimit(limitName(id));
    return Promise.resolve(isLifted ? 'Lifted the limit.' : 'The limit was lifted already.');
  },
  stands: ({ actions, id }) => Promise.resolve(actions.hasPublisherLimit(limitName(id))),
  check: {
    text: 'It publishes no more than the limit.',
    settleSeconds: 10,
    withinSeconds: 60,
    holds: ({ actions, plan, id, after, secondsSince }) => {
      if (!actions.hasPublisherLimit(limitName(id))) return false;
      const now = actions.publishedBy(plan.target);
      if (now === undefined || after === undefined) return undefined;
      const published = Object.entries(now).reduce((sum, [name, count]) => {
        const then = after[name] ?? 0;
        return sum + (count < then ? count : count - then);
      }, 0);
      const isWithin = published <= plan.perSecond * (secondsSince * toleranceFactor + burstSeconds);
      // Of a connection that publishes to other exchanges as well it is not known what counts.
      return isWithin || plan.target.exchange === undefined ? isWithin : undefined;
    },
  },
});

/** Limits of queues that policies set, and which more is allowed by. */
const limits = ['max-length', 'max-length-bytes', 'delivery-limit', 'message-ttl'] as const;

const limitGiven = z.strictObject({
  engine: ofQueue.engine,
  node: text.optional(),
  vhost: text.default('/'),
  queue: text.optional(),
  limit: z.enum(limits).default('max-length'),
  /** The new limit; twice what it is unless said otherwise. */
  to: z.int().min(1).max(Number.MAX_SAFE_INTEGER).optional(),
});

interface LimitPlan extends QueueName {
  readonly limit: string;
  readonly from: number;
  readonly to: number;
}

const policyName = (id: string): string => `sluice.remedy.${id}`;

const raiseLimit = defineRemedy<z.output<typeof limitGiven>, LimitPlan>({
  name: 'raise-limit',
  title: 'Raise a limit of a queue, by a policy of its own',
  parameters: limitGiven,
  objectOf: queueObject,
  measure: (actions, plan) => {
    const dropped = actions.queue(plan)?.dropped;
    return dropped === undefined ? {} : { dropped };
  },
  afterRestart: 'stays',
  preview: (actions, { vhost, queue, limit, to, node }) => {
    const refuse = (refusal: string) => Promise.resolve({ refusal });
    if (queue === undefined)
      return refuse(
        node === undefined
          ? 'limits of memory and disk are settings: change limits.memory or limits.diskFree and run sluice reload, or name a queue'
          : 'the limit of open files is set where the service is started: LimitNOFILE',
      );
    const name = { vhost, queue };
    const found = actions.queue(name);
    if (found === undefined) return Promise.resolve(absent(name));
    const from = found.limits[`x-${limit}`];
    if (typeof from !== 'number') return refuse(`queue '${queue}' has no ${limit}`);
    if (found.fixedLimits.includes(`x-${limit}`))
      return refuse(
        `the ${limit} of '${queue}' stands in its declaration or an operator policy: no policy raises it`,
      );
    const raised = to ?? from * 2;
    if (raised <= from) return refuse(`${limit} is ${from} already`);
    const plan = { ...name, limit, from, to: raised };
    return Promise.resolve({
      parameters: { ...name, limit, to: raised },
      plan,
      effects: [
        `${limit} of '${queue}' becomes ${raised}; it is ${from} now.`,
        'A policy for this queue alone says so, with all else that its policy says.',
      ],
      unknown: ['How much memory and disk space the messages to come need.'],
    });
  },
  apply: async ({ actions, id }, plan) => {
    await actions.setLimit({ ...plan, name: policyName(id) });
    return `Raised ${plan.limit} of '${plan.queue}' from ${plan.from} to ${plan.to}.`;
  },
  undo: async ({ actions, id }, plan) => {
    const isCleared = await actions.clearLimit(plan.vhost, policyName(id));
    return isCleared
      ? `${plan.limit} of '${plan.queue}' is ${plan.from} again.`
      : 'The policy was gone already.';
  },
  stands: ({ actions, id }, plan) => Promise.resolve(actions.hasLimit(plan.vhost, policyName(id))),
  check: {
    text: 'The limit is in force, the queue is below it, and nothing was removed since.',
    settleSeconds: 15,
    withinSeconds: 60,
    holds: ({ actions, plan, after }) => {
      const queue = actions.queue(plan);
      if (queue === undefined || after?.['dropped'] === undefined) return undefined;
      const limit = queue.limits[`x-${plan.limit}`];
      if (typeof limit !== 'number' || limit < plan.to) return false;
      // What is refused is not counted, but only a full queue refuses.
      const isFull =
        (plan.limit === 'max-length' && queue.ready >= limit) ||
        (plan.limit === 'max-length-bytes' && queue.bytes >= limit);
      return !isFull && queue.dropped <= after['dropped'];
    },
  },
});

export const limitRemedies: readonly AnyRemedy[] = [throttlePublisher, raiseLimit];
