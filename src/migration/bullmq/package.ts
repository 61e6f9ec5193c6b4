/**
 * The program's own `bullmq`, which knows how to reach its Redis. Invariant: nothing of it is loaded before it is
 * asked for, and none of its calls that write are used but `pause`.
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { messageOf, SluiceError } from '../../kernel/index.js';
import type { BullmqAddress } from './address.js';

/** What is used of the Redis client that BullMQ gives, whichever it is. */
export interface RedisReader {
  lrange(key: string, start: number, end: number): Promise<string[]>;
  zrange(key: string, start: number, end: number): Promise<string[]>;
  zscore(key: string, member: string): Promise<string | null>;
  hgetall(key: string): Promise<Record<string, string>>;
  llen(key: string): Promise<number>;
  zcard(key: string): Promise<number>;
  /** ioredis has it. */
  scan?(cursor: string, ...options: string[]): Promise<[string, string[]]>;
}

/** What is used of a `Queue`, of release 5 and of later ones. */
export interface BullmqQueue {
  readonly name: string;
  toKey(type: string): string;
  isPaused(): Promise<boolean>;
  pause(): Promise<void>;
  getWorkers(): Promise<readonly Record<string, string | undefined>[]>;
  close(): Promise<void>;
  on(event: 'error', listener: (error: unknown) => void): unknown;
  waitUntilReady(): Promise<unknown>;
  /** Release 5. */
  readonly client?: Promise<RedisReader>;
  /** Since release 6. */
  getBackend?(): { readonly client: Promise<RedisReader> };
}

export interface BullmqPackage {
  readonly Queue: new (name: string, options: Readonly<Record<string, unknown>>) => BullmqQueue;
}

/** The package that programs in `directory` would get. Throws `unsupported` where there is none. */
export function loadBullmq(directory: string): BullmqPackage {
  const tried = [join(directory, 'package.json'), import.meta.url];
  for (const from of tried) {
    const require = createRequire(from);
    let path: string;
    try {
      path = require.resolve('bullmq');
    } catch {
      continue;
    }
    return checked(require(path));
  }
  throw new SluiceError('unsupported', "BullMQ's queues are read by bullmq, which is not here: npm i bullmq");
}

function checked(loaded: unknown): BullmqPackage {
  if (typeof (loaded as Partial<BullmqPackage>).Queue === 'function') return loaded as BullmqPackage;
  throw new SluiceError('unsupported', 'the bullmq that is installed here has no Queue: npm i bullmq@latest');
}

/** The client of a queue. Rejects with `connection-failed`. */
export async function readerOf(queue: BullmqQueue): Promise<RedisReader> {
  const client = queue.client ?? queue.getBackend?.().client;
  if (client === undefined)
    throw new SluiceError('unsupported', 'this release of bullmq gives no way to its Redis');
  return client;
}

/** A queue that is ready. Rejects with `connection-failed`. */
export async function openQueue(
  { Queue }: BullmqPackage,
  name: string,
  address: BullmqAddress,
): Promise<BullmqQueue> {
  const { host, port, username, password, database, isEncrypted, prefix } = address;
  const queue = new Queue(name, {
    prefix,
    // Else it writes its release into the queue.
    skipMetasUpdate: true,
    connection: {
      ...{ host, port, db: database, connectTimeout: 10_000, retryStrategy: () => null },
      ...(username === undefined ? {} : { username }),
      ...(password === undefined ? {} : { password }),
      ...(isEncrypted ? { tls: {} } : {}),
    },
  });
  let last: unknown;
  queue.on('error', (error) => {
    last = error;
  });
  try {
    await queue.waitUntilReady();
    return queue;
  } catch (error) {
    await queue.close().catch(() => undefined);
    const text = `Redis at ${host}:${port} cannot be reached: ${messageOf(last ?? error)}`;
    throw new SluiceError('connection-failed', text, { retryable: true, cause: error });
  }
}
