/**
 * Single messages of a channel's virtual host, as tasks see them: found, explained, removed, released, listed.
 * Invariant: another connection's exclusive queue is as if it were not there.
 */
import type { MessageHolder, QueueFigures } from './administration-face.js';
import type { TopologyAnswer } from './face.js';
import { decodeProperties, FieldNumber, type FieldValue } from './content/index.js';
import type { Connection } from './connection.js';
import type { BrokerCore } from './core.js';
import { dueAt, frontPositions } from './front-positions.js';
import { describeMessage, type StateQuestions } from './found-message.js';
import { MessageReader } from './message-reader.js';
import { EntryState } from './page.js';
import { QueueControl } from './queue-control.js';
import { figuresOf } from './queue-figures.js';
import type { Queue } from './queue.js';
import type { RecordPut } from './records/face.js';
import type {
  ChannelMessages,
  ListedMessage,
  ListedState,
  MessageReport,
  MessageSearch,
} from './single-messages-face.js';
import { waitReasonOf, type WaitReason } from './wait-reason.js';

/** Bodies up to so many bytes are part of a report. */
const shownBytesMax = 65_536;

const entryStates = {
  ready: EntryState.ready,
  running: EntryState.unacknowledged,
  delayed: EntryState.delayed,
  gated: EntryState.gated,
  held: EntryState.held,
} as const;

export class SingleMessages implements ChannelMessages {
  readonly #core: BrokerCore;
  readonly #connection: Connection;
  readonly #reader: MessageReader;
  readonly #control: QueueControl;
  readonly #asks: StateQuestions;

  constructor(core: BrokerCore, connection: Connection) {
    this.#core = core;
    this.#connection = connection;
    this.#reader = new MessageReader(core);
    this.#control = new QueueControl(core, this.#reader, connection.party);
    this.#asks = this.#control.asks;
  }

  async find({ messageId, queue, mayRead }: MessageSearch): Promise<MessageReport | undefined> {
    const queues = queue === undefined ? this.#searchable(mayRead) : [this.#queue(queue)];
    for (const candidate of queues) {
      const position = await this.#control.positionOf(candidate, { messageId });
      const report = position < 0 ? undefined : await this.#report(candidate, position);
      if (report !== undefined) return report;
    }
    return undefined;
  }

  /** Queues that find messages by their identifier. */
  #searchable(mayRead: (queue: string) => boolean): Queue[] {
    return [...this.#connection.vhost.queues.values()].filter(
      (queue) => queue.ids !== undefined && this.#sees(queue) && mayRead(queue.name),
    );
  }

  #queue(name: string): Queue {
    return this.#core.topology.queue(this.#connection.vhost, name, this.#connection);
  }

  async #report(queue: Queue, position: number): Promise<MessageReport | undefined> {
    const { clock } = this.#core;
    const found = await this.#reader.look(queue, position, (view) => ({
      ...describeMessage(queue, position, view, this.#asks),
      properties: Buffer.from(view.propertiesBuffer.subarray(view.propertiesStart, view.propertiesEnd)),
      body:
        view.bodyEnd - view.bodyStart > shownBytesMax
          ? undefined
          : Buffer.from(view.bodyBuffer.subarray(view.bodyStart, view.bodyEnd)),
    }));
    if (found === undefined) return undefined;
    const { state, ...facts } = found;
    const reason = waitReasonOf(queue, position, clock.now());
    const ready = state.kind === 'ready' ? state : undefined;
    return {
      ...facts,
      queue: queue.name,
      reason,
      missing: state.kind === 'held' ? state.records : undefined,
      holder: state.kind === 'unacknowledged' ? state.holder : undefined,
      first: await this.#firstOfKey(queue, reason),
      ahead: ready?.ahead,
      isEstimate: ready?.isEstimate ?? false,
      ready: queue.backlog.ready,
      tenants: queue.lines?.waiting,
    };
  }

  async #firstOfKey(queue: Queue, reason: WaitReason): Promise<MessageReport['first']> {
    if (reason.kind !== 'key-busy') return undefined;
    const { position } = reason;
    const { clock } = this.#core;
    return this.#reader.look(queue, position, (view) => {
      const { messageId, deliveryCount, state } = describeMessage(queue, position, view, this.#asks);
      const holder: MessageHolder | undefined = state.kind === 'unacknowledged' ? state.holder : undefined;
      return { messageId, deliveryCount, reason: waitReasonOf(queue, position, clock.now()), holder };
    });
  }

  remove(
    queue: string,
    messageId: string,
    put?: RecordPut,
  ): Promise<{ readonly outcome: 'removed' | 'active' | 'absent'; readonly sequence: number }> {
    const { name } = this.#queue(queue);
    return this.#control.remove(this.#connection.vhost.name, name, { messageId }, put);
  }

  async release(
    queue: string,
    messageId: string,
  ): Promise<{ readonly outcome: 'released' | 'not-delayed' | 'absent'; readonly sequence: number }> {
    const found = this.#queue(queue);
    const position = await this.#control.positionOf(found, { messageId });
    if (position < 0) return { outcome: 'absent', sequence: 0 };
    const { changed, sequence } = this.#control.releaseNow(this.#connection.vhost.name, queue, position);
    return { outcome: changed ? 'released' : 'not-delayed', sequence };
  }

  async list(name: string, state: ListedState, count: number): Promise<ListedMessage[]> {
    const queue = this.#queue(name);
    const request = { queue, state: entryStates[state], count, rankAt: rankIn(queue, state) };
    const listed: ListedMessage[] = [];
    const pause = (): Promise<void> => new Promise(this.#core.later);
    for (const position of await frontPositions(request, this.#core.clock, pause)) {
      const message = await this.#listed(queue, position);
      if (message !== undefined) listed.push(message);
    }
    return listed;
  }

  queues(): QueueFigures[] {
    return [...this.#connection.vhost.queues.values()].filter((queue) => this.#sees(queue)).map(figuresOf);
  }

  setPaused(queue: string, paused: boolean): TopologyAnswer {
    const { name } = this.#queue(queue);
    const { vhost } = this.#connection;
    return paused ? this.#control.pause(vhost.name, name) : this.#control.resume(vhost.name, name);
  }

  #sees({ owner }: Queue): boolean {
    return owner === undefined || owner === this.#connection;
  }

  #listed(queue: Queue, position: number): Promise<ListedMessage | undefined> {
    return this.#reader.look(queue, position, (view) => {
      const { state, ...facts } = describeMessage(queue, position, view, this.#asks);
      const { type, headers } = decodeProperties(
        view.propertiesBuffer,
        view.propertiesStart,
        view.propertiesEnd,
      );
      return {
        messageId: facts.messageId,
        type,
        key: facts.key,
        deliveryCount: facts.deliveryCount,
        arrivalMs: facts.arrivalMs,
        dueMs: state.kind === 'delayed' ? state.dueMs : undefined,
        deadlineMs: momentIn(headers?.get('x-deadline')),
        holder: state.kind === 'unacknowledged' ? state.holder : undefined,
      };
    });
  }
}

function momentIn(value: FieldValue | undefined): number | undefined {
  return value instanceof FieldNumber ? Number(value.value) : undefined;
}

/** How messages in a state are ordered; undefined: as they came. */
function rankIn(queue: Queue, state: ListedState): ((position: number) => number) | undefined {
  switch (state) {
    case 'ready':
      return queue.isRanked ? (position) => queue.rankAt(position) : undefined;
    case 'delayed':
      return (position) => dueAt(queue, position);
    case 'running':
    case 'gated':
    case 'held':
      return undefined;
  }
}
