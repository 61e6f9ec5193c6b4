/**
 * Records of a Sluice server, and commits with them. Invariants: a change with a condition is asked for once, as a
 * second time it could conflict with itself; a watch outlives its connection.
 */
import type { ChannelModel } from 'amqplib';
import { SluiceError } from '../../kernel/index.js';
import {
  recordValueBytesMax,
  type Commit,
  type CommitOutcome,
  type RecordChange,
  type RecordCondition,
  type RecordEntry,
  type RecordOptions,
  type RecordOutcome,
  type Records,
} from '../index.js';
import { CommitBody } from './commit-body.js';
import { entriesOf, entryOf } from './record-entries.js';
import { isLostConnection, refusalOf } from './refusals.js';
import { RequestChannel, unlessLost, type Question, type RequestAnswer } from './request-channel.js';
import { closedError, type ServerConnection } from './server-connection.js';
import { ServerWatches } from './server-watches.js';

/** Records of one step of a scan. */
const scanLimit = 500;

export class ServerRecords implements Records {
  readonly #connection: ServerConnection;
  readonly #stopListening: () => void;
  readonly #watches: ServerWatches;
  #model: ChannelModel | undefined;
  #opening: Promise<RequestChannel> | undefined;
  #isClosed = false;

  constructor(connection: ServerConnection) {
    this.#connection = connection;
    this.#watches = new ServerWatches(
      () => this.#open(),
      (prefix) => this.scan(prefix),
    );
    this.#stopListening = connection.listen({
      live: () => {
        void this.#watches.restore();
      },
    });
  }

  async get(key: string): Promise<RecordEntry | undefined> {
    const { status, headers, body } = await this.ask({ operation: 'records.get', headers: { key } }, true);
    return status === 'absent' ? undefined : entryOf(headers, body);
  }

  async put(key: string, value: Buffer, options: RecordOptions = {}): Promise<RecordOutcome> {
    requireValueBounds(value);
    const { ttlMs, expected } = options;
    const headers = {
      key,
      ...(ttlMs === undefined ? {} : { ttl: Math.ceil(ttlMs) }),
      ...(expected === undefined ? {} : { expected }),
    };
    const answer = await this.ask({ operation: 'records.put', headers, body: value }, expected === undefined);
    return this.#outcome(key, answer);
  }

  async delete(key: string, { expected }: RecordCondition = {}): Promise<RecordOutcome> {
    const headers = { key, ...(expected === undefined ? {} : { expected }) };
    const answer = await this.ask({ operation: 'records.delete', headers }, expected === undefined);
    return this.#outcome(key, answer);
  }

  async #outcome(key: string, { status, headers }: RequestAnswer): Promise<RecordOutcome> {
    if (status === 'conflict') return { kind: 'conflict', current: await this.get(key) };
    return { kind: 'written', version: Number(headers['version'] ?? 0) };
  }

  async scan(prefix: string): Promise<readonly RecordEntry[]> {
    for (;;) {
      const entries = await this.#scanOnce(prefix);
      if (entries !== undefined) return entries;
    }
  }

  /** Undefined: the connection was lost on the way, and with it the place where to go on. */
  async #scanOnce(prefix: string): Promise<readonly RecordEntry[] | undefined> {
    const entries: RecordEntry[] = [];
    const requests = await this.#open();
    let after: unknown;
    do {
      const headers = { prefix, limit: scanLimit, ...(after === undefined ? {} : { after }) };
      const answer = await unlessLost(requests.ask({ operation: 'records.scan', headers }));
      if (answer === undefined) return undefined;
      entries.push(...entriesOf(answer.body));
      after = answer.headers['after'];
    } while (after !== undefined);
    return entries;
  }

  watch(prefix: string, listener: (change: RecordChange) => void, signal: AbortSignal): Promise<void> {
    return this.#watches.add(prefix, listener, signal);
  }

  /** See `Engine.commit`. */
  async commit({ sends, puts }: Commit): Promise<CommitOutcome> {
    const body = new CommitBody();
    for (const { queue, message } of sends) body.send(queue, message);
    for (const put of puts) body.put(put);
    body.requireBounds();
    const isConditional = puts.some(({ expected }) => expected !== undefined);
    const question = { operation: 'commit', headers: {}, body: body.bytes };
    const { status, headers } = await this.ask(question, !isConditional);
    if (status !== 'conflict') return { kind: 'written' };
    const key = String(headers['key']);
    return { kind: 'conflict', key, current: await this.get(key) };
  }

  close(): void {
    this.#isClosed = true;
    this.#stopListening();
    this.#watches.close();
    this.#opening?.then(
      (requests) => {
        requests.end(closedError());
      },
      () => undefined,
    );
  }

  /** A question that was lost is asked again, where it may be. */
  async ask(question: Question, isRepeatable: boolean): Promise<RequestAnswer> {
    for (;;) {
      const requests = await this.#open();
      if (!isRepeatable) return requests.ask(question);
      const answer = await unlessLost(requests.ask(question));
      if (answer !== undefined) return answer;
    }
  }

  /** The channel on the connection that is there, as soon as there is one. */
  async #open(): Promise<RequestChannel> {
    for (;;) {
      if (this.#isClosed) throw closedError();
      const model = this.#connection.model ?? (await this.#connection.wait());
      try {
        return await this.#openedOn(model);
      } catch (error) {
        if (!isLostConnection(error) || this.#connection.model === model) throw refusalOf(error);
      }
    }
  }

  #openedOn(model: ChannelModel): Promise<RequestChannel> {
    if (this.#opening !== undefined && this.#model === model) return this.#opening;
    this.#model = model;
    const opening = this.#openOn(model);
    opening.catch(() => {
      if (this.#opening === opening) this.#opening = undefined;
    });
    this.#opening = opening;
    return opening;
  }

  async #openOn(model: ChannelModel): Promise<RequestChannel> {
    const channel = await model.createChannel();
    let failure: SluiceError | undefined;
    channel.on('error', (error) => {
      failure = refusalOf(error);
    });
    const requests = await RequestChannel.open(channel);
    channel.on('close', () => {
      requests.end(failure);
      if (this.#model !== model) return;
      this.#opening = undefined;
      if (this.#connection.model === model) void this.#watches.restore();
    });
    return requests;
  }
}

/** Throws `bad-input` here: the server would close the channel, with all that is under way on it. */
function requireValueBounds(value: Buffer): void {
  if (value.length <= recordValueBytesMax) return;
  throw new SluiceError('bad-input', `the value of a record has at most ${recordValueBytesMax} bytes`, {
    details: { bytes: value.length, bytesMax: recordValueBytesMax },
  });
}
