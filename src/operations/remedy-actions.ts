/** What remedies see of a broker and do to it. Invariant: each change is durable when its promise resolves. */
import type {
  ConsumerSeen,
  LimitPolicy,
  MessageSeen,
  PublisherSeen,
  PublisherTarget,
  QueueName,
  QueueSeen,
  Redrive,
  RedriveDone,
  RedriveSeen,
  RemedyActions,
  WorkerSeen,
} from '../alerts/index.js';
import {
  decodeProperties,
  fieldTable,
  toPlain,
  type Broker,
  type FoundMessage,
  type QueueReport,
} from '../broker/index.js';
import { SluiceError, type Clock } from '../kernel/index.js';
import { remedyOperator } from './operator-channel.js';
import { plannedForRemedy, redriveForRemedy, type RedriveDesk } from './remedy-redrive.js';
import type { Connections, PublisherLimits } from './services.js';

export interface ActionParts {
  readonly broker: Broker;
  readonly connections: Connections;
  readonly clock: Clock;
  /** The name of a task's own queue, which is in the virtual host `/`. */
  readonly taskQueue: (task: string) => Promise<string>;
  /** How dead letters go back, those of tasks too. */
  readonly redrives: () => Promise<RedriveDesk>;
  /** Workers that say how far they may grow, as tasks know them. */
  readonly workers: TaskWorkers;
}

/** What of the tasks' directory this needs. */
export interface TaskWorkers {
  list(queue: string): Promise<
    readonly {
      readonly id: string;
      readonly host: string;
      readonly pid: number;
      readonly concurrency: number;
      readonly max: number;
    }[]
  >;
  /** Rejects with `not-found` for one that is gone. */
  setConcurrency(id: string, concurrency: number): Promise<void>;
}

const measuredMs = 1_000;
/** The highest priority that a policy may have is far above. */
const aboveOthers = 1;

export class BrokerActions implements RemedyActions {
  readonly #parts: ActionParts;

  constructor(parts: ActionParts) {
    this.#parts = parts;
  }

  get #administration(): Broker['administration'] {
    return this.#parts.broker.administration;
  }

  queue({ vhost, queue }: QueueName): QueueSeen | undefined {
    const report = this.#report(vhost, queue);
    if (report === undefined) return undefined;
    const { ready, unacknowledged, consumers, paused, bytes, dropped, deadLettered } = report;
    const effect = this.#administration.policies.effectOn({ kind: 'queue', vhost, name: queue });
    const limits = toPlain(effect.arguments);
    const counts = { ready, unacknowledged, consumers, bytes, dropped, deadLettered };
    return { ...counts, paused, limits, fixedLimits: this.#fixedLimits(report) };
  }

  #report(vhost: string, queue: string): QueueReport | undefined {
    try {
      return this.#administration.describeQueue(vhost, queue);
    } catch (problem) {
      if (problem instanceof SluiceError && problem.code === 'not-found') return undefined;
      throw problem;
    }
  }

  #fixedLimits({ vhost, arguments: declared, operatorPolicy }: QueueReport): string[] {
    const { policies } = this.#administration;
    const definition =
      operatorPolicy === undefined ? {} : policies.find('operator-policy', vhost, operatorPolicy)?.definition;
    return [...declared.keys(), ...Object.keys(definition ?? {}).map((key) => `x-${key}`)];
  }

  async taskQueue(task: string): Promise<QueueName> {
    return { vhost: '/', queue: await this.#parts.taskQueue(task) };
  }

  async setPaused({ vhost, queue }: QueueName, paused: boolean): Promise<void> {
    const { queues } = this.#administration;
    if (paused) queues.pause(vhost, queue);
    else queues.resume(vhost, queue);
    await this.#administration.durable();
  }

  consumers({ vhost, queue }: QueueName): readonly ConsumerSeen[] {
    return this.#administration.measures.consumersOf(vhost, queue);
  }

  async closeConsumer(
    { vhost, queue }: QueueName,
    identity: string,
    reason: string,
  ): Promise<{ readonly returned: number }> {
    const closed = this.#administration.consumers.close(vhost, queue, identity, reason);
    await this.#administration.durable();
    return closed;
  }

  setPrefetch({ vhost, queue }: QueueName, identity: string, prefetch: number): Promise<void> {
    this.#administration.consumers.setPrefetch(vhost, queue, identity, prefetch);
    return Promise.resolve();
  }

  async failedMost(
    { vhost, queue }: QueueName,
    count: number,
  ): Promise<{ readonly messages: readonly MessageSeen[]; readonly seen: number }> {
    const { messages, seen } = await this.#administration.queues.failedMost(vhost, queue, count);
    return { messages: messages.map(messageSeen), seen };
  }

  async find({ vhost, queue }: QueueName, position: number): Promise<MessageSeen | undefined> {
    const found = await this.#administration.queues.find(vhost, queue, { position });
    return found === undefined ? undefined : messageSeen(found);
  }

  async busiestKey({
    vhost,
    queue,
  }: QueueName): Promise<{ readonly key: string; readonly waiting: number } | undefined> {
    const [first] = await this.#administration.queues.blockedKeys(vhost, queue, 1);
    return first?.key === undefined ? undefined : { key: first.key, waiting: first.waiting };
  }

  async firstOfKey({ vhost, queue }: QueueName, key: string): Promise<MessageSeen | undefined> {
    const found = await this.#administration.queues.firstOfKey(vhost, queue, key);
    return found === undefined ? undefined : messageSeen(found);
  }

  async quarantine(
    { vhost, queue }: QueueName,
    position: number,
    to: string,
    reason: string,
  ): Promise<'moved' | 'awaited' | 'absent'> {
    if (this.#report(vhost, to) === undefined) this.#declare(vhost, to);
    const headers = fieldTable({
      'x-failure-reason': reason.slice(0, 2_000),
      'x-failure-queue': queue,
      'x-quarantined-position': String(position),
    });
    const letter = { queue: to, headers };
    const { outcome } = await this.#administration.queues.quarantine(
      vhost,
      queue,
      { position },
      letter,
      remedyOperator,
    );
    await this.#administration.durable();
    return outcome;
  }

  #declare(vhost: string, name: string): void {
    const connection = this.#administration.connect({ name: 'remedy', user: 'sluice', vhost });
    const nothing = (): void => undefined;
    try {
      const channel = connection.openChannel({
        deliver: nothing,
        consumerCancelled: nothing,
        channelFailed: nothing,
      });
      const kind = { durable: true, exclusive: false, autoDelete: false };
      channel.declareQueue({ name, ...kind, arguments: fieldTable({}) });
    } finally {
      connection.close();
    }
  }

  /** A message that was to go when it comes back stays; one that has gone comes back, behind those that are there. */
  async returnFromQuarantine({ vhost, queue }: QueueName, position: number, from: string): Promise<boolean> {
    const { queues } = this.#administration;
    if (queues.forgetOrder(vhost, queue, position)) return true;
    const stored =
      this.#report(vhost, from) === undefined ? [] : await this.#administration.peek(vhost, from, 10_000);
    const found = stored.find((message) => isFrom(message.properties, queue, position));
    if (found === undefined) return false;
    const letter = { queue, headers: fieldTable({ 'x-returned-from': from }) };
    const { outcome } = await queues.deadLetter(
      vhost,
      from,
      { position: found.position },
      letter,
      remedyOperator,
    );
    await this.#administration.durable();
    return outcome === 'moved';
  }

  async holdBack(
    { vhost, queue }: QueueName,
    position: number,
    untilMs: number,
  ): Promise<'held' | 'awaited' | 'absent'> {
    const { outcome } = await this.#administration.queues.holdBack(
      vhost,
      queue,
      { position },
      untilMs,
      remedyOperator,
    );
    await this.#administration.durable();
    return outcome;
  }

  async release({ vhost, queue }: QueueName, position: number): Promise<boolean> {
    const { queues } = this.#administration;
    if (queues.forgetOrder(vhost, queue, position)) return true;
    const { changed } = queues.releaseNow(vhost, queue, position, remedyOperator);
    await this.#administration.durable();
    return changed;
  }

  async publishers(): Promise<readonly PublisherSeen[]> {
    const before = new Map(this.#published());
    const { clock } = this.#parts;
    const startMs = clock.monotonic();
    await new Promise<void>((resolve) => {
      clock.after(measuredMs, resolve);
    });
    const seconds = Math.max(measuredMs, clock.monotonic() - startMs) / 1_000;
    const seen: PublisherSeen[] = [];
    for (const { name, user, vhost, channelList } of this.#parts.connections.details()) {
      const published = channelList.reduce((sum, channel) => sum + channel.published, 0);
      const perSecond = Math.max(0, published - (before.get(name) ?? published)) / seconds;
      seen.push({ connection: name, user, vhost, perSecond });
    }
    return seen;
  }

  *#published(): Generator<readonly [string, number]> {
    for (const { name, channelList } of this.#parts.connections.details())
      yield [name, channelList.reduce((sum, { published }) => sum + published, 0)];
  }

  publishedBy({ connection, user, vhost }: PublisherTarget): Readonly<Record<string, number>> | undefined {
    if (this.#parts.connections.limits === undefined) return undefined;
    const published: Record<string, number> = {};
    for (const each of this.#parts.connections.details()) {
      if ((connection ?? each.name) !== each.name || (user ?? each.user) !== each.user) continue;
      if ((vhost ?? each.vhost) !== each.vhost) continue;
      published[each.name] = each.channelList.reduce((sum, channel) => sum + channel.published, 0);
    }
    return published;
  }

  get #publisherLimits(): PublisherLimits {
    const { limits } = this.#parts.connections;
    if (limits !== undefined) return limits;
    throw new SluiceError('unsupported', 'nobody can connect here: there are no publishers to slow');
  }

  limitPublisher(name: string, target: PublisherTarget, perSecond: number): void {
    this.#publisherLimits.set({ name, target, perSecond });
  }

  liftPublisherLimit(name: string): boolean {
    return this.#publisherLimits.lift(name);
  }

  hasPublisherLimit(name: string): boolean {
    return this.#publisherLimits.list().some((limit) => limit.name === name);
  }

  async setLimit({ vhost, queue, name, limit, to }: LimitPolicy): Promise<void> {
    const { policies } = this.#administration;
    const { policy } = policies.effectOn({ kind: 'queue', vhost, name: queue });
    const now = policy === undefined ? undefined : policies.find('policy', vhost, policy);
    policies.set('policy', vhost, {
      name,
      pattern: `^${queue.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&')}$`,
      applyTo: 'queues',
      priority: (now?.priority ?? 0) + aboveOthers,
      definition: { ...now?.definition, [limit]: to },
    });
    await this.#followed(vhost);
  }

  async clearLimit(vhost: string, name: string): Promise<boolean> {
    if (!this.hasLimit(vhost, name)) return false;
    this.#administration.policies.clear('policy', vhost, name);
    await this.#followed(vhost);
    return true;
  }

  async #followed(vhost: string): Promise<void> {
    await this.#administration.policies.settled(vhost);
    await this.#administration.durable();
  }

  hasLimit(vhost: string, name: string): boolean {
    return this.#administration.policies.find('policy', vhost, name) !== undefined;
  }

  async planRedrive(redrive: Redrive): Promise<RedriveSeen> {
    return plannedForRemedy(await this.#parts.redrives(), redrive);
  }

  async redrive(redrive: Redrive): Promise<RedriveDone> {
    return redriveForRemedy(await this.#parts.redrives(), redrive);
  }

  async workers({ vhost, queue }: QueueName): Promise<readonly WorkerSeen[]> {
    if (vhost !== '/') return [];
    const workers = await this.#parts.workers.list(queue);
    return workers.map(({ id, host, pid, concurrency, max }) => ({
      ...{ id, concurrency, max },
      place: `${host}, process ${pid}`,
    }));
  }

  async setWorker(id: string, concurrency: number): Promise<boolean> {
    try {
      await this.#parts.workers.setConcurrency(id, concurrency);
      return true;
    } catch (problem) {
      if (problem instanceof SluiceError && problem.code === 'not-found') return false;
      throw problem;
    }
  }
}

function messageSeen({ position, messageId, deliveryCount, state }: FoundMessage): MessageSeen {
  const isActive = state.kind === 'unacknowledged' || state.kind === 'moving';
  return { position, messageId, failures: deliveryCount, isActive, isHeldBack: state.kind === 'delayed' };
}

function isFrom(properties: Buffer, queue: string, position: number): boolean {
  const headers = toPlain(decodeProperties(properties, 0, properties.length).headers ?? fieldTable({}));
  return headers['x-failure-queue'] === queue && headers['x-quarantined-position'] === String(position);
}
