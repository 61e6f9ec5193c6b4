/**
 * The orders a queue may have, and the rank each gives a message: the smallest rank goes first, equal ranks
 * go by position. A rank never changes while a message waits, so a heap stays valid without being touched.
 */
import { unreachable } from '../kernel/index.js';

/** The names `x-order` takes, besides their aliases. */
export const orderNames = ['fifo', 'priority', 'deadline', 'rate-monotonic', 'laxity'] as const;

export type OrderName = (typeof orderNames)[number];

/** The short names of the literature. */
export const orderAliases: Readonly<Record<string, OrderName>> = {
  edf: 'deadline',
  rm: 'rate-monotonic',
  llf: 'laxity',
};

/** The order that `text` names, directly or by alias; `undefined` for any other text. */
export function parseOrderName(text: string): OrderName | undefined {
  const name = orderNames.find((known) => known === text);
  if (name !== undefined) return name;
  return Object.hasOwn(orderAliases, text) ? orderAliases[text] : undefined;
}

/** How long a message waits, unless configured, to overtake a newer one of one priority more. */
export const agingMsDefault = 10_000;

/**
 * An order with what it needs. `priority` by `x-order` ages: a message gains one level for each `agingMs` it
 * has waited, so nothing starves. `strict-priority` is what `x-max-priority` alone gives: RabbitMQ's order,
 * where a higher priority always goes first and priorities above `priorityMax` count as `priorityMax`.
 */
export type Order =
  | { readonly kind: 'fifo' }
  | { readonly kind: 'priority'; readonly agingMs: number; readonly priorityMax: number }
  | { readonly kind: 'strict-priority'; readonly priorityMax: number }
  | { readonly kind: 'deadline' }
  | { readonly kind: 'rate-monotonic' }
  | { readonly kind: 'laxity' };

/** The largest priority a message can carry: an octet (AMQP 0-9-1, content class basic). */
export const priorityLimit = 255;

/** The order of that name, with the defaults of what it needs. */
export function orderOf(
  name: OrderName,
  options: { readonly agingMs?: number; readonly priorityMax?: number } = {},
): Order {
  const { agingMs = agingMsDefault, priorityMax = priorityLimit } = options;
  return name === 'priority' ? { kind: name, agingMs, priorityMax } : { kind: name };
}

/** What ranks are computed from. Times are milliseconds since the Unix epoch, spans are milliseconds. */
export interface Rankable {
  readonly arrivalMs: number;
  /** Higher first; absent counts as 0. */
  readonly priority?: number | undefined;
  readonly deadlineMs?: number | undefined;
  readonly periodMs?: number | undefined;
  /** Estimated processing time; absent counts as 0. */
  readonly costMs?: number | undefined;
}

/**
 * The rank of `message` under `order`: smaller goes first. What a message does not say (a deadline, a
 * period) ranks it last. Never NaN, for any input.
 *
 * - `priority`: arrival less what its priority is worth. Two messages age alike, so their order is fixed by
 *   these constants and needs no clock.
 * - `deadline`: earliest deadline first (Liu and Layland 1973, optimal on one preemptive worker).
 * - `rate-monotonic`: shortest period first (Liu and Layland 1973, optimal among fixed priorities).
 * - `laxity`: least laxity first (Mok 1983). Laxity is deadline - now - cost; `now` is the same for all who
 *   wait, so deadline - cost orders them alike.
 */
export function rankOf(order: Order, message: Rankable): number {
  switch (order.kind) {
    case 'fifo':
      return 0;
    case 'priority':
      return message.arrivalMs - boundedPriority(message.priority, order.priorityMax) * order.agingMs;
    case 'strict-priority':
      return -boundedPriority(message.priority, order.priorityMax);
    case 'deadline':
      return orLast(message.deadlineMs);
    case 'rate-monotonic':
      return orLast(message.periodMs);
    case 'laxity':
      return orLast(message.deadlineMs) - orNothing(message.costMs);
    default:
      return unreachable(order);
  }
}

function boundedPriority(priority: number | undefined, priorityMax: number): number {
  return Math.min(orNothing(priority), priorityMax);
}

function orLast(value: number | undefined): number {
  return value === undefined || Number.isNaN(value) ? Infinity : value;
}

/** Costs and priorities are not negative and finite; anything else counts as absent. */
function orNothing(value: number | undefined): number {
  return value !== undefined && value > 0 && value < Infinity ? value : 0;
}
