/** Records of the embedded engine: the broker's, resolved when what they tell is durable. */
import type { BrokerChannel, RecordEvent } from '../../broker/index.js';
import { assert, SluiceError } from '../../kernel/index.js';
import type {
  RecordChange,
  RecordCondition,
  RecordEntry,
  RecordOptions,
  RecordOutcome,
  Records,
} from '../index.js';
import type { DurableWaiters } from './durable-waiters.js';
import type { Turnstile } from './turnstile.js';

/** Records of one step of a scan. */
const scanLimit = 500;

export class EmbeddedRecords implements Records {
  readonly #channel: BrokerChannel;
  readonly #waiters: DurableWaiters;
  readonly #turnstile: Turnstile;

  constructor(channel: BrokerChannel, waiters: DurableWaiters, turnstile: Turnstile) {
    this.#channel = channel;
    this.#waiters = waiters;
    this.#turnstile = turnstile;
  }

  get(key: string): Promise<RecordEntry | undefined> {
    return new Promise((resolve, reject) => {
      this.#channel.records.get(key, (answer) => {
        if (answer.kind === 'failed') {
          reject(new SluiceError('disk-failed', `the record '${key}' cannot be read: ${answer.message}`));
          return;
        }
        const entry = answer.kind === 'found' ? answer.entry : undefined;
        resolve(this.#waiters.wait(answer.sequence).then(() => entry));
      });
    });
  }

  async put(key: string, value: Buffer, options: RecordOptions = {}): Promise<RecordOutcome> {
    if (!this.#turnstile.isOpen) await this.#turnstile.pass();
    const outcome = this.#channel.records.put({ ...options, key, value });
    assert(outcome.kind !== 'deferred', 'this channel uses no transaction mode');
    if (outcome.kind === 'conflict') return { kind: 'conflict', current: await this.get(key) };
    await this.#waiters.wait(outcome.version);
    return outcome;
  }

  /** A full disk refuses no deletion. */
  async delete(key: string, condition: RecordCondition = {}): Promise<RecordOutcome> {
    const outcome = this.#channel.records.delete({ ...condition, key });
    assert(outcome.kind !== 'deferred', 'this channel uses no transaction mode');
    if (outcome.kind === 'conflict') return { kind: 'conflict', current: await this.get(key) };
    const version = outcome.kind === 'absent' ? outcome.sequence : outcome.version;
    await this.#waiters.wait(version);
    return { kind: 'written', version };
  }

  async scan(prefix: string): Promise<readonly RecordEntry[]> {
    const entries: RecordEntry[] = [];
    let after: string | undefined;
    do {
      const part = await this.#channel.records.scan({ prefix, limit: scanLimit, after });
      entries.push(...part.entries);
      await this.#waiters.wait(part.sequence);
      after = part.after;
    } while (after !== undefined);
    return entries;
  }

  watch(prefix: string, listener: (change: RecordChange) => void, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.resolve();
    const stop = this.#channel.records.watch(prefix, (event) => {
      listener(changeOf(event));
    });
    signal.addEventListener('abort', stop, { once: true });
    return Promise.resolve();
  }
}

function changeOf(event: RecordEvent): RecordChange {
  return event.kind === 'put'
    ? { key: event.entry.key, entry: event.entry }
    : { key: event.key, entry: undefined };
}
