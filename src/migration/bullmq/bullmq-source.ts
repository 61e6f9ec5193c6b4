/**
 * Queues of BullMQ as a source of jobs. Invariant: Redis is only read, but for `pause`. Every list is read from the
 * end that would have run first, in pages, so that jobs which are added meanwhile do not shift what is still to come.
 */
import { SluiceError } from '../../kernel/index.js';
import type {
  JobSource,
  JobState,
  LeftJob,
  QueueActivity,
  ScheduledAhead,
  SourceItem,
  SourceQueue,
  SourceSchedule,
} from '../source.js';
import type { BullmqAddress } from './address.js';
import { itemOf } from './job-hash.js';
import {
  loadBullmq,
  openQueue,
  readerOf,
  type BullmqPackage,
  type BullmqQueue,
  type RedisReader,
} from './package.js';
import { scheduleItem } from './schedules.js';

const pageJobs = 1_000;

class BullmqSourceQueue implements SourceQueue {
  readonly name: string;
  readonly #queue: BullmqQueue;
  readonly #redis: RedisReader;

  constructor(queue: BullmqQueue, redis: RedisReader) {
    this.name = queue.name;
    this.#queue = queue;
    this.#redis = redis;
  }

  async activity(): Promise<QueueActivity> {
    const list = (type: string) => this.#redis.llen(this.#queue.toKey(type));
    const set = (type: string) => this.#redis.zcard(this.#queue.toKey(type));
    const [wait, paused, active, prioritized, delayed, failed, children, repeatable] = await Promise.all([
      ...[list('wait'), list('paused'), list('active'), set('prioritized'), set('delayed'), set('failed')],
      ...[set('waiting-children'), set('repeat')],
    ]);
    return {
      counts: {
        waiting: wait! + paused!,
        active: active!,
        prioritized: prioritized!,
        delayed: delayed!,
        failed: failed!,
        'waiting-children': children!,
        repeatable: repeatable!,
      },
      isPaused: await this.#queue.isPaused(),
      workers: await this.#workers(),
    };
  }

  /** Some servers that speak Redis's protocol do not list their clients. */
  async #workers(): Promise<number | undefined> {
    try {
      const clients = await this.#queue.getWorkers();
      return clients.some(({ addr }) => addr === undefined) ? undefined : clients.length;
    } catch {
      return undefined;
    }
  }

  pause(): Promise<void> {
    return this.#queue.pause();
  }

  async *jobs(state: JobState): AsyncGenerator<readonly SourceItem[]> {
    for await (const ids of this.#ids(state)) {
      yield await Promise.all(ids.map((id) => this.#item(id, state)));
    }
  }

  async #item(id: string, state: JobState): Promise<SourceItem> {
    const [hash, score] = await Promise.all([
      this.#redis.hgetall(this.#queue.toKey(id)),
      state === 'delayed' ? this.#redis.zscore(this.#queue.toKey('delayed'), id) : undefined,
    ]);
    return itemOf(id, hash, state, score);
  }

  async *#ids(state: JobState): AsyncGenerator<readonly string[]> {
    if (state === 'waiting') {
      yield* this.#listed('wait');
      yield* this.#listed('paused');
    } else if (state === 'active') yield* this.#listed('active');
    else yield* this.#sorted(state);
  }

  /** A list's first to run is its last element. */
  async *#listed(type: string): AsyncGenerator<readonly string[]> {
    const key = this.#queue.toKey(type);
    for (let read = 0; ; read += pageJobs) {
      const ids = await this.#redis.lrange(key, -(read + pageJobs), -(read + 1));
      if (ids.length === 0) return;
      // Release 4 kept marks among the jobs that wait.
      yield ids.reverse().filter((id) => !id.startsWith('0:'));
    }
  }

  async *#sorted(type: string): AsyncGenerator<readonly string[]> {
    const key = this.#queue.toKey(type);
    for (let read = 0; ; read += pageJobs) {
      const ids = await this.#redis.zrange(key, read, read + pageJobs - 1);
      if (ids.length === 0) return;
      yield ids;
    }
  }

  async schedules(
    ahead: ReadonlyMap<string, ScheduledAhead>,
  ): Promise<readonly (SourceSchedule | LeftJob)[]> {
    const key = this.#queue.toKey('repeat');
    const found: (SourceSchedule | LeftJob)[] = [];
    for await (const ids of this.#sorted('repeat'))
      for (const id of ids) {
        const [hash, next] = await Promise.all([
          this.#redis.hgetall(`${key}:${id}`),
          this.#redis.zscore(key, id),
        ]);
        found.push(scheduleItem(id, hash, Number(next ?? 0), ahead.get(id)));
      }
    return found;
  }
}

class BullmqSource implements JobSource {
  readonly system = 'bullmq';
  readonly scope: string;
  readonly #package: BullmqPackage;
  readonly #address: BullmqAddress;
  readonly #open: BullmqQueue[] = [];

  constructor(bullmq: BullmqPackage, address: BullmqAddress) {
    this.#package = bullmq;
    this.#address = address;
    this.scope = address.prefix;
  }

  async queues(names: readonly string[]): Promise<readonly SourceQueue[]> {
    const wanted = names.length > 0 ? names : this.#address.queues;
    const found: SourceQueue[] = [];
    for (const name of wanted.length > 0 ? [...new Set(wanted)] : await this.#list()) {
      const { queue, redis } = await this.#connect(name);
      const meta = await redis.hgetall(queue.toKey('meta'));
      if (Object.keys(meta).length === 0 && (await redis.lrange(queue.toKey('wait'), 0, 0)).length === 0)
        throw new SluiceError('not-found', `there is no queue '${name}' under the prefix '${this.scope}'`);
      found.push(new BullmqSourceQueue(queue, redis));
    }
    return found;
  }

  async #connect(name: string): Promise<{ readonly queue: BullmqQueue; readonly redis: RedisReader }> {
    const queue = await openQueue(this.#package, name, this.#address);
    this.#open.push(queue);
    return { queue, redis: await readerOf(queue) };
  }

  /** Every queue has a hash `meta`. */
  async #list(): Promise<string[]> {
    const { redis } = await this.#connect('sluice-migrate');
    if (typeof redis.scan !== 'function')
      throw new SluiceError('bad-input', 'name the queues: this client of Redis cannot list them');
    const names: string[] = [];
    const [before, after] = [`${this.scope}:`, ':meta'];
    let cursor = '0';
    do {
      const [next, keys] = await redis.scan(
        cursor,
        'MATCH',
        `${escaped(this.scope)}:*:meta`,
        'COUNT',
        '1000',
      );
      names.push(...keys.map((key) => key.slice(before.length, -after.length)));
      cursor = next;
    } while (cursor !== '0');
    return [...new Set(names)].filter((name) => !name.includes(':')).sort();
  }

  async close(): Promise<void> {
    await Promise.all(this.#open.map((queue) => queue.close().catch(() => undefined)));
  }
}

function escaped(prefix: string): string {
  return prefix.replace(/[*?[\]\\]/g, '\\$&');
}

/** `workingDirectory`: where programs live whose `bullmq` is used. Throws `unsupported` where there is none. */
export function openBullmqSource(address: BullmqAddress, workingDirectory: string): JobSource {
  return new BullmqSource(loadBullmq(workingDirectory), address);
}
