/**
 * Which queues hold dead letters: those that others dead-letter into, by argument or policy, and those of tasks.
 * Invariant: it is read from the topology as it is, in slices; a way that depends on each message's routing key counts
 * as a way.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Broker, QueueReport } from '../../broker/index.js';
import { topicMatches } from './topic-match.js';

/** A queue of dead letters. Times are Unix ms. */
export interface DeadLetterQueue {
  readonly vhost: string;
  readonly queue: string;
  /** Letters that nobody has. */
  readonly count: number;
  /** With consumers now. */
  readonly unacknowledged: number;
  readonly bytes: number;
  readonly consumers: number;
  /** The queues that dead-letter into it. */
  readonly sources: readonly string[];
  /** `tasks`: given up by their workers; `quarantine`: put aside by a remedy. */
  readonly kind: 'queue' | 'tasks' | 'quarantine';
  /** When the first and the last of those that are there came; left out: unknown, or there is none. */
  readonly oldestMs?: number;
  readonly newestMs?: number;
}

/** Where dead letters of tasks are, and what remedies put aside. */
export const deadTasksPrefix = 'sluice.dead.';
const quarantine = 'sluice.quarantine';

const sliceRows = 500;
/** An exchange bound to an exchange, and so on. */
const hopsMax = 8;

interface Way {
  readonly exchange: string;
  readonly routingKey: string | undefined;
}

interface Bound {
  readonly name: string;
  readonly kind: 'queue' | 'exchange';
  readonly routingKey: string;
}

/** The ways from one virtual host's exchanges on. */
class Routes {
  readonly types = new Map<string, string>();
  readonly bound = new Map<string, Bound[]>();
  readonly queues = new Map<string, QueueReport>();

  /** Queues that a dead letter sent to `way` may come to. */
  targetsOf({ exchange, routingKey }: Way): ReadonlySet<string> {
    const targets = new Set<string>();
    if (exchange === '') {
      // Without a key of its own it goes to the queue that each message's key names: back where it was.
      if (routingKey !== undefined && this.queues.has(routingKey)) targets.add(routingKey);
      return targets;
    }
    const seen = new Set<string>([exchange]);
    let at = [exchange];
    for (let hop = 0; hop < hopsMax && at.length > 0; hop++)
      at = at.flatMap((name) => this.#follow(name, routingKey, targets, seen));
    return targets;
  }

  #follow(exchange: string, key: string | undefined, targets: Set<string>, seen: Set<string>): string[] {
    const further: string[] = [];
    for (const { name, kind, routingKey } of this.bound.get(exchange) ?? []) {
      if (!mayPass(this.types.get(exchange), routingKey, key)) continue;
      if (kind === 'queue') targets.add(name);
      else if (!seen.has(name)) {
        seen.add(name);
        further.push(name);
      }
    }
    return further;
  }
}

/** Whether a binding may take a message with `key`; undefined: any key. */
function mayPass(type: string | undefined, bindingKey: string, key: string | undefined): boolean {
  if (key === undefined) return true;
  if (type === 'direct') return bindingKey === key;
  if (type === 'topic') return topicMatches(bindingKey, key);
  return true;
}

/** Every queue of dead letters, without when its letters came. */
export async function deadLetterQueues(broker: Broker, vhost?: string): Promise<DeadLetterQueue[]> {
  const hosts = await routesOf(broker, vhost);
  const found: DeadLetterQueue[] = [];
  for (const routes of hosts.values()) {
    const sources = new Map<string, Set<string>>();
    const add = (queue: string, source?: string): void => {
      let known = sources.get(queue);
      if (known === undefined) sources.set(queue, (known = new Set()));
      if (source !== undefined) known.add(source);
    };
    let rows = 0;
    for (const report of routes.queues.values()) {
      const way = wayFrom(report);
      if (way !== undefined) for (const target of routes.targetsOf(way)) add(target, report.name);
      if (report.name.startsWith(deadTasksPrefix)) add(report.name, sourceOfTasks(routes, report.name));
      if (report.name === quarantine) add(report.name);
      if (++rows % sliceRows === 0) await nextTurn();
    }
    for (const [name, from] of sources) found.push(rowOf(routes.queues.get(name)!, from));
  }
  return found;
}

async function routesOf(broker: Broker, vhost: string | undefined): Promise<Map<string, Routes>> {
  const { administration } = broker;
  const hosts = new Map<string, Routes>();
  const at = (name: string): Routes => {
    let routes = hosts.get(name);
    if (routes === undefined) hosts.set(name, (routes = new Routes()));
    return routes;
  };
  for (const { vhost: host, name, type } of administration.listExchanges(vhost))
    at(host).types.set(name, type);
  let rows = 0;
  for (const report of administration.eachQueue(vhost)) {
    at(report.vhost).queues.set(report.name, report);
    if (++rows % sliceRows === 0) await nextTurn();
  }
  for (const binding of administration.eachBinding(vhost)) {
    const { bound } = at(binding.vhost);
    const { destination: name, destinationKind: kind, routingKey } = binding;
    const others = bound.get(binding.source);
    if (others === undefined) bound.set(binding.source, [{ name, kind, routingKey }]);
    else others.push({ name, kind, routingKey });
    if (++rows % sliceRows === 0) await nextTurn();
  }
  return hosts;
}

/** Where a queue sends its dead letters; a policy counts only where the queue's own arguments say nothing. */
function wayFrom({ arguments: own, effectivePolicy = {} }: QueueReport): Way | undefined {
  const exchange = own.get('x-dead-letter-exchange') ?? effectivePolicy['dead-letter-exchange'];
  const key = own.get('x-dead-letter-routing-key') ?? effectivePolicy['dead-letter-routing-key'];
  if (typeof exchange !== 'string') return undefined;
  return { exchange, routingKey: typeof key === 'string' ? key : undefined };
}

function sourceOfTasks({ queues }: Routes, name: string): string | undefined {
  const source = name.slice(deadTasksPrefix.length);
  return queues.has(source) ? source : undefined;
}

function rowOf(report: QueueReport, sources: ReadonlySet<string>): DeadLetterQueue {
  const { vhost, name, ready, delayed, gated, held, unacknowledged, bytes, consumers } = report;
  const isOfTasks = name.startsWith(deadTasksPrefix);
  return {
    ...{ vhost, queue: name, unacknowledged, bytes, consumers },
    count: ready + delayed + gated + held,
    sources: [...sources].sort(),
    kind: isOfTasks ? 'tasks' : name === quarantine ? 'quarantine' : 'queue',
  };
}

/** How far back from the end of a queue one is looked for that is there still. */
const lastOnes = [64, 4_096, 262_144] as const;
const glanceMs = 200;
const glanceMessagesMax = 4_096;

/** When the last came of the letters from a position on; empty: none is there, or it cannot be told. */
async function lastOf(broker: Broker, row: DeadLetterQueue, from: number): Promise<readonly number[]> {
  const arrivals: number[] = [];
  await broker.administration.scan(row.vhost, row.queue, {
    ...{ from, messagesMax: glanceMessagesMax, elapsedMsMax: glanceMs },
    see: ({ view }) => {
      arrivals[0] = view.arrivalMs;
      return true;
    },
  });
  return arrivals;
}

/** The same with when its first and its last letter came, as far as a glance tells. */
export async function withTimes(broker: Broker, row: DeadLetterQueue): Promise<DeadLetterQueue> {
  if (row.count === 0) return row;
  const first: number[] = [];
  const { until } = await broker.administration.scan(row.vhost, row.queue, {
    ...{ from: 0, messagesMax: 1, elapsedMsMax: glanceMs },
    see: ({ view }) => {
      first.push(view.arrivalMs);
      return true;
    },
  });
  for (const back of lastOnes) {
    const [newestMs] = await lastOf(broker, row, Math.max(0, until - back));
    if (newestMs !== undefined)
      return { ...row, newestMs, ...(first[0] === undefined ? {} : { oldestMs: first[0] }) };
  }
  return first[0] === undefined ? row : { ...row, oldestMs: first[0] };
}
