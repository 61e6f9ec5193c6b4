/**
 * What operators and tasks do to a queue and to single messages in it: pause, find, remove, release, move, list keys.
 * Invariant: each change is decided on the state of one moment and recorded as its outcome.
 */
import { SluiceError } from '../kernel/index.js';
import { blockedLines } from './blocked-keys.js';
import type { BrokerCore } from './core.js';
import { Party } from './custody/party.js';
import { failureLetter } from './failure-letter.js';
import type {
  BlockedKey,
  FoundMessage,
  MessageName,
  Operator,
  QueueAdministration,
} from './administration-face.js';
import { failedMost, firstOfKey, type Described } from './troubled-messages.js';
import type { FailureReport, TopologyAnswer } from './face.js';
import { describeMessage, type StateQuestions } from './found-message.js';
import { hasMessageId, MessageIds } from './message-ids.js';
import { MissingRecords } from './missing-records.js';
import type { MessageReader } from './message-reader.js';
import { EntryState } from './page.js';
import type { Queue } from './queue.js';
import type { Held } from './recorder.js';
import { SettleReason } from './record-types.js';
import { relocateTogether } from './relocation-group.js';
import { checkRelocation, relocate } from './relocation.js';
import type { Relocation, RelocationOptions, RelocationOutcome } from './scan-face.js';
import { ReturnOrders, type ReturnOrder } from './return-orders.js';
import type { RecordPut } from './records/face.js';

type Outcome<Done extends string> = {
  readonly outcome: Done | 'active' | 'absent';
  readonly sequence: number;
};

export class QueueControl implements QueueAdministration {
  readonly #core: BrokerCore;
  readonly #reader: MessageReader;
  readonly #ids: MessageIds;
  readonly #client: Party | undefined;
  /** Of the last order: many come from one operator. */
  #operator: Party | undefined = undefined;
  /** What describing a message has to ask. */
  readonly asks: StateQuestions;

  /** `client`: whose orders these are, where they do not say. */
  constructor(core: BrokerCore, reader: MessageReader, client?: Party) {
    this.#core = core;
    this.#client = client;
    this.#reader = reader;
    this.#ids = new MessageIds(core.state);
    this.asks = { holderOf: core.holderOf, missing: new MissingRecords(core.state) };
  }

  /** Who gave an order; undefined: that is not known. */
  partyOf(by: Operator | undefined): Party | undefined {
    if (by === undefined) return this.#client;
    const { user, source: connection } = by;
    const last = this.#operator?.facts;
    if (last?.user !== user || last.connection !== connection)
      this.#operator = new Party({ user, connection, isOperator: true });
    return this.#operator;
  }

  #orderBy(by: Operator | undefined): Held {
    return { party: this.partyOf(by), deliveredMs: 0 };
  }

  pause(vhost: string, queue: string): TopologyAnswer {
    return this.#setPaused(this.#queue(vhost, queue), true);
  }

  resume(vhost: string, queue: string): TopologyAnswer {
    return this.#setPaused(this.#queue(vhost, queue), false);
  }

  #setPaused(queue: Queue, paused: boolean): TopologyAnswer {
    const { state, recorder, dispatcher } = this.#core;
    if (queue.isPaused === paused) return { changed: false, sequence: recorder.lastSequence };
    if (queue.isJournaled) recorder.topology({ op: 'queue-pause', id: queue.id, paused });
    state.applyPause(queue, paused);
    queue.isIdle = false;
    dispatcher.request(queue);
    return { changed: true, sequence: recorder.lastSequence };
  }

  releaseNow(vhost: string, name: string, position: number, by?: Operator): TopologyAnswer {
    const { recorder, dispatcher, mover } = this.#core;
    const queue = this.#delayedStore(vhost, name);
    const before = queue.backlog.stateAt(position);
    const changed = before === EntryState.delayed || before === EntryState.held;
    if (changed && queue.isHidden) mover.bury(queue, position, 'delayed', undefined, this.#orderBy(by));
    else if (changed) dispatcher.holdBack(queue, position, 0, false, this.#orderBy(by));
    return { changed, sequence: recorder.lastSequence };
  }

  async find(vhost: string, name: string, message: MessageName): Promise<FoundMessage | undefined> {
    const queue = this.#queue(vhost, name);
    const position = await this.positionOf(queue, message);
    return position < 0 ? undefined : this.#describe(queue, position);
  }

  async remove(
    vhost: string,
    name: string,
    message: MessageName,
    put?: RecordPut,
    by?: Operator,
  ): Promise<Outcome<'removed'>> {
    const { state, recorder, records, dispatcher } = this.#core;
    const queue = this.#queue(vhost, name);
    return this.#change(queue, message, 'removed', (position) => {
      recorder.atomically(() => {
        // What may be refused comes first. What another message of the same name has left stays.
        if (put !== undefined) records.keeper.put(state.vhost(vhost), { ...put, expected: 'absent' });
        recorder.settle(queue, position, SettleReason.cancelled, this.partyOf(by));
        state.applySettle(queue, position);
        recorder.flushSettled();
      });
      dispatcher.headChanged(queue);
    });
  }

  async deadLetter(
    vhost: string,
    name: string,
    message: MessageName,
    failure: FailureReport,
    by?: Operator,
  ): Promise<Outcome<'moved'>> {
    const queue = this.#queue(vhost, name);
    const letter = failureLetter(this.#core.state.vhost(vhost), queue, failure);
    return this.#change(queue, message, 'moved', (position) => {
      this.#core.mover.bury(queue, position, 'rejected', letter, this.#orderBy(by));
      this.#core.dispatcher.headChanged(queue);
    });
  }

  async quarantine(
    vhost: string,
    name: string,
    message: MessageName,
    failure: FailureReport,
    by?: Operator,
  ): Promise<{ readonly outcome: 'moved' | 'awaited' | 'absent'; readonly sequence: number }> {
    const queue = this.#queue(vhost, name);
    const letter = failureLetter(this.#core.state.vhost(vhost), queue, failure);
    const { outcome, sequence } = await this.deadLetter(vhost, name, message, failure, by);
    if (outcome !== 'active') return { outcome, sequence };
    return {
      outcome: await this.#order(queue, message, { kind: 'move', letter, by: this.partyOf(by) }),
      sequence,
    };
  }

  async holdBack(
    vhost: string,
    name: string,
    message: MessageName,
    untilMs: number,
    by?: Operator,
  ): Promise<{ readonly outcome: 'held' | 'awaited' | 'absent'; readonly sequence: number }> {
    const queue = this.#queue(vhost, name);
    const { outcome, sequence } = await this.#change(queue, message, 'held', (position) => {
      this.#core.dispatcher.holdBack(queue, position, untilMs, false, this.#orderBy(by));
    });
    if (outcome !== 'active') return { outcome, sequence };
    return {
      outcome: await this.#order(queue, message, { kind: 'hold', untilMs, by: this.partyOf(by) }),
      sequence,
    };
  }

  requireMovable(vhost: string, name: string, to: string): void {
    checkRelocation(this.#queue(vhost, name), this.#queue(vhost, to));
  }

  async moveTo(
    vhost: string,
    name: string,
    position: number,
    to: string,
    by?: Operator,
    how: RelocationOptions = {},
  ): Promise<RelocationOutcome> {
    const [from, target] = [this.#queue(vhost, name), this.#queue(vhost, to)];
    checkRelocation(from, target);
    return relocate(this.#core, this.#reader, { from, to: target, position, party: this.partyOf(by), how });
  }

  async moveTogether(
    vhost: string,
    name: string,
    moves: readonly Relocation[],
    puts: (outcomes: readonly RelocationOutcome[]) => readonly RecordPut[],
    by?: Operator,
  ): Promise<readonly RelocationOutcome[]> {
    const from = this.#queue(vhost, name);
    const targetOf = (to: string): Queue => this.#queue(vhost, to);
    const party = this.partyOf(by);
    return relocateTogether(this.#core, this.#reader, { from, moves, targetOf, party, puts });
  }

  forgetOrder(vhost: string, name: string, position: number): boolean {
    return this.#queue(vhost, name).returnOrders?.take(position) !== undefined;
  }

  failedMost(
    vhost: string,
    name: string,
    count: number,
  ): Promise<{ readonly messages: readonly FoundMessage[]; readonly seen: number }> {
    const queue = this.#queue(vhost, name);
    return failedMost(queue, count, (position) => this.#describe(queue, position), this.#turns);
  }

  firstOfKey(vhost: string, name: string, key: string): Promise<FoundMessage | undefined> {
    const queue = this.#queue(vhost, name);
    return firstOfKey(queue, key, (position) => this.#describe(queue, position), this.#turns);
  }

  get #turns(): Parameters<typeof failedMost>[3] {
    return { clock: this.#core.clock, pause: () => this.#pause() };
  }

  /** Leaves word of what is to become of a message that somebody has. */
  async #order(queue: Queue, message: MessageName, order: ReturnOrder): Promise<'awaited' | 'absent'> {
    const position = await this.positionOf(queue, message);
    const isActive = (at: number): boolean => queue.backlog.stateAt(at) === EntryState.unacknowledged;
    if (position < 0 || !isActive(position)) return 'absent';
    (queue.returnOrders ??= new ReturnOrders()).give(position, order, isActive);
    return 'awaited';
  }

  async blockedKeys(vhost: string, name: string, count: number): Promise<BlockedKey[]> {
    const queue = this.#queue(vhost, name);
    const keys: BlockedKey[] = [];
    for (const { head, waiting } of await blockedLines(queue, count, this.#core.clock, () => this.#pause())) {
      const described = await this.#describe(queue, head);
      if (described !== undefined) keys.push({ key: described.key, head: described, waiting });
    }
    return keys;
  }

  /** Makes a change to a message that nobody has, if there is one when its position is known. */
  async #change<Done extends string>(
    queue: Queue,
    message: MessageName,
    done: Done,
    change: (position: number) => void,
  ): Promise<Outcome<Done>> {
    const { recorder } = this.#core;
    const position = await this.positionOf(queue, message);
    const state = position < 0 || queue.isDeleted ? EntryState.gone : queue.backlog.stateAt(position);
    if (state === EntryState.gone) return { outcome: 'absent', sequence: recorder.lastSequence };
    if (state === EntryState.unacknowledged || state === EntryState.moving)
      return { outcome: 'active', sequence: recorder.lastSequence };
    change(position);
    return { outcome: done, sequence: recorder.lastSequence };
  }

  /** -1: there is none. Throws `precondition-failed` for an identifier in a queue without `x-message-index`. */
  async positionOf(queue: Queue, message: MessageName): Promise<number> {
    if ('position' in message) return message.position;
    if (queue.ids === undefined)
      throw new SluiceError(
        'precondition-failed',
        `queue '${queue.name}' does not find messages by their identifier: declare it with x-message-index`,
      );
    const identifier = Buffer.from(message.messageId);
    for (const position of queue.ids.find(this.#ids.hash(identifier))) {
      const isMeant = await this.#reader.look(queue, position, (view) =>
        hasMessageId(view.propertiesBuffer, view.propertiesStart, view.propertiesEnd, identifier),
      );
      if (isMeant === true) return position;
    }
    return -1;
  }

  #describe(queue: Queue, position: number): Promise<Described | undefined> {
    return this.#reader.look(queue, position, (view) => describeMessage(queue, position, view, this.asks));
  }

  #pause(): Promise<void> {
    return new Promise(this.#core.later);
  }

  /** A queue, or an exchange of type `x-delayed-message` by its name. */
  #delayedStore(vhost: string, name: string): Queue {
    const host = this.#core.state.vhost(vhost);
    return host.queues.get(name) ?? host.exchanges.get(name)?.delays ?? this.#queue(vhost, name);
  }

  #queue(vhost: string, name: string): Queue {
    const queue = this.#core.state.vhost(vhost).queues.get(name);
    if (queue === undefined) throw new SluiceError('not-found', `no queue '${name}' in vhost '${vhost}'`);
    return queue;
  }
}
