/** Single messages of a Sluice server, by requests. Invariant: what the server tells is checked by nobody else. */
import { SluiceError } from '../../kernel/index.js';
import type {
  ListedMessage,
  ListedState,
  MessageProperties,
  MessageReport,
  Messages,
  QueueSample,
  RecordPut,
} from '../index.js';
import type { Question, RequestAnswer } from './request-channel.js';

/** A report as JSON has it. */
interface PlainReport extends Omit<MessageReport, 'properties' | 'body'> {
  readonly properties: Omit<MessageProperties, 'timestamp' | 'expirationMs'> & {
    readonly timestamp?: number;
    readonly expiration?: string;
  };
  readonly body?: string;
}

/** Asks the server; again after a lost connection, where that does no harm. */
interface Requester {
  ask(question: Question, isRepeatable: boolean): Promise<RequestAnswer>;
}

export class AmqpMessages implements Messages {
  readonly #server: Requester;

  constructor(server: Requester) {
    this.#server = server;
  }

  async find(messageId: string, queue?: string): Promise<MessageReport | undefined> {
    const answer = await this.#ask('messages.find', { 'message-id': messageId, queue });
    return answer.status === 'absent' ? undefined : reportOf(parsed(answer) as PlainReport);
  }

  async remove(
    queue: string,
    messageId: string,
    record?: Omit<RecordPut, 'expected'>,
  ): Promise<'removed' | 'active' | 'absent'> {
    const put = record === undefined ? {} : { key: record.key, ttl: record.ttlMs };
    const { status } = await this.#ask(
      'messages.remove',
      { queue, 'message-id': messageId, ...put },
      record?.value,
    );
    if (status === 'ok') return 'removed';
    if (status === 'active' || status === 'absent') return status;
    throw strange(status);
  }

  async release(queue: string, messageId: string): Promise<'released' | 'not-delayed' | 'absent'> {
    const { status } = await this.#ask('messages.release', { queue, 'message-id': messageId });
    if (status === 'ok') return 'released';
    if (status === 'not-delayed' || status === 'absent') return status;
    throw strange(status);
  }

  async list(queue: string, state: ListedState, count: number): Promise<readonly ListedMessage[]> {
    const answer = await this.#ask('messages.list', { queue, state, count });
    const rows = parsed(answer) as Omit<ListedMessage, keyof typeof absentFacts>[];
    return rows.map((row) => ({ ...absentFacts, ...row }));
  }

  /** Samples of the named queues, or of all that this user may read. */
  async samples(atMs: number, queues: readonly string[] | undefined): Promise<QueueSample[]> {
    const answer = await this.#ask('queues.list', {});
    const rows = parsed(answer) as (Omit<QueueSample, 'queue' | 'atMs'> & { readonly name: string })[];
    return rows
      .filter(({ name }) => queues?.includes(name) ?? true)
      .map(({ name, ...figures }) => ({ queue: name, atMs, ...figures }));
  }

  async setPaused(queue: string, paused: boolean): Promise<boolean> {
    const { status } = await this.#ask(paused ? 'queues.pause' : 'queues.resume', { queue });
    return status === 'ok';
  }

  #ask(
    operation: string,
    headers: Readonly<Record<string, string | number | undefined>>,
    body?: Buffer,
  ): Promise<RequestAnswer> {
    const given = Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== undefined));
    const question = { operation, headers: given, ...(body === undefined ? {} : { body }) };
    // What was removed or released before the connection was lost is absent, or not delayed, the second time.
    return this.#server.ask(question, true);
  }
}

/** JSON leaves out what is undefined. */
const absentFacts = {
  messageId: undefined,
  type: undefined,
  key: undefined,
  dueMs: undefined,
  deadlineMs: undefined,
  holder: undefined,
};

function parsed({ body }: RequestAnswer): unknown {
  return JSON.parse(body.toString('utf8'));
}

function reportOf({ properties, body, ...report }: PlainReport): MessageReport {
  const { timestamp, expiration, ...rest } = properties;
  return {
    ...absentReportFacts,
    ...report,
    properties: {
      ...rest,
      ...(timestamp === undefined ? {} : { timestamp: new Date(timestamp * 1_000) }),
      ...(expiration === undefined ? {} : { expirationMs: Number(expiration) }),
    },
    body: body === undefined ? undefined : Buffer.from(body, 'base64'),
  };
}

const absentReportFacts = {
  messageId: undefined,
  key: undefined,
  missing: undefined,
  holder: undefined,
  first: undefined,
  ahead: undefined,
  tenants: undefined,
  expiresMs: undefined,
};

function strange(status: string): SluiceError {
  return new SluiceError('protocol', `the server answered a request with '${status}'`);
}
