/** Real jobs in every state, made by BullMQ itself on a Redis of their own. */
import { Queue, Worker, type JobsOptions } from 'bullmq';
import type { App } from '../../src/index.js';
import { systemClock } from '../../src/kernel/index.js';
import {
  migrate,
  openBullmqSource,
  parseBullmqAddress,
  type MigrationOptions,
  type Report,
} from '../../src/migration/index.js';
import { redisUnavailable, startRedis, type RedisServer } from '../support/start-redis.mjs';

/** Fails the calling test run, or tells why it is skipped. */
export function requireRedis(): string | undefined {
  const reason = redisUnavailable();
  if (reason !== undefined && process.env['SLUICE_REQUIRE_ALL'] === '1') throw new Error(reason);
  if (reason !== undefined) console.warn(`skipped: ${reason}`);
  return reason;
}

/** A Redis with BullMQ's queues in it. */
export class BullmqPlace {
  readonly redis: RedisServer;
  readonly #closing: (() => Promise<unknown>)[] = [];

  private constructor(redis: RedisServer) {
    this.redis = redis;
  }

  static async open(): Promise<BullmqPlace> {
    return new BullmqPlace(await startRedis());
  }

  get connection() {
    return { host: '127.0.0.1', port: this.redis.port, password: this.redis.password };
  }

  /** As `--from` takes it. */
  url(...queues: string[]): string {
    const named = queues.length === 0 ? '' : `?queue=${queues.join(',')}`;
    return `bullmq://:${this.redis.password}@127.0.0.1:${this.redis.port}/0${named}`;
  }

  /** Migrates these queues. */
  async bring(queues: string[], app: App, options: Partial<MigrationOptions> = {}): Promise<Report> {
    const source = openBullmqSource(parseBullmqAddress(this.url(...queues), undefined), process.cwd());
    try {
      return await migrate(source, app, { clock: systemClock(), ...options });
    } finally {
      await source.close();
    }
  }

  queue(name: string): Queue {
    const queue = new Queue(name, { connection: this.connection });
    this.#closing.push(() => queue.close());
    return queue;
  }

  /** Adds jobs one after another, so that their order is known. */
  async add(queue: Queue, jobs: readonly (readonly [string, unknown, JobsOptions?])[]): Promise<void> {
    for (const [name, data, options] of jobs) await queue.add(name, data, options);
  }

  /** Lets a worker run until `count` attempts have failed. */
  async fail(queue: Queue, count: number): Promise<void> {
    let failed = 0;
    const worker = new Worker(
      queue.name,
      () => {
        throw new RangeError('out of paper');
      },
      { connection: this.connection },
    );
    await new Promise<void>((resolve) => {
      worker.on('failed', () => {
        if (++failed === count) resolve();
      });
    });
    await worker.close();
  }

  /** A worker that holds what it gets until `release` is called. */
  async holding(queue: Queue): Promise<{ readonly release: () => Promise<void> }> {
    let open = (): void => undefined;
    const held = new Promise<void>((resolve) => (open = resolve));
    let taken = (): void => undefined;
    const begun = new Promise<void>((resolve) => (taken = resolve));
    const worker = new Worker(
      queue.name,
      () => {
        taken();
        return held;
      },
      { connection: this.connection },
    );
    await begun;
    return {
      release: async () => {
        open();
        await worker.close();
      },
    };
  }

  /** Every key with its content, as far as a reader could have changed it. */
  async image(queue: Queue): Promise<readonly string[]> {
    const client = (await queue.getBackend().client) as unknown as {
      keys(pattern: string): Promise<string[]>;
      dump(key: string): Promise<string | null>;
    };
    const keys = (await client.keys('*')).sort();
    return Promise.all(keys.map(async (key) => `${key} ${String(await client.dump(key))}`));
  }

  async close(): Promise<void> {
    for (const close of this.#closing) await close();
    await this.redis.stop();
  }
}
