/**
 * Moves messages from a queue to where an exchange sends them: dead letters, and what a delayed exchange held. Each
 * move is one atomic group: the new message and the end of the old. Invariant: until the group is written the
 * message stays, held, in its queue.
 */
import type { Journal } from '../journal/index.js';
import type { Clock, SluiceError } from '../kernel/index.js';
import { decodeText, type FieldTable } from './content/index.js';
import { ReturnCause } from './custody/custody-runs.js';
import { isCycle, withDeath, withFailure, withoutDelay, type Death } from './death.js';
import type { Exchange } from './exchange.js';
import type { InboundMessage } from './face.js';
import type { LooseChunks } from './loose-chunks.js';
import { inboundOf } from './made-message.js';
import type { Meters } from './measures/meters.js';
import type { MessageStore } from './message-store.js';
import { EntryState, pageEntries } from './page.js';
import { PositionRanges } from './position-ranges.js';
import { PublishFlag } from './publish-record.js';
import type { Publisher } from './publisher.js';
import type { DeathReason, Move, Queue } from './queue.js';
import type { Held, Recorder } from './recorder.js';
import { RequeueKind, SettleReason } from './record-types.js';
import type { BrokerState, VirtualHost } from './state.js';

/** Moves made before other work gets its turn. */
const sliceMoves = 64;
const sliceMs = 2;

const settleReasons: Readonly<Record<DeathReason, SettleReason>> = {
  rejected: SettleReason.rejected,
  expired: SettleReason.expired,
  maxlen: SettleReason.dropped,
  delivery_limit: SettleReason.dropped,
  delayed: SettleReason.rerouted,
};

/** Where a message goes that failed for good, and what is told of it there. */
export interface FailureLetter {
  /** A queue's name; undefined: the dead-letter exchange of the queue it is in. */
  readonly queue: string | undefined;
  readonly headers: FieldTable;
}

/** A message on its way to an exchange. */
interface Letter {
  readonly vhost: VirtualHost;
  readonly exchange: Exchange;
  readonly message: InboundMessage;
  readonly reason: DeathReason;
  /** Flags of its next record. */
  readonly marks: number;
}

/** What one move makes: letters still to be sent, and the full queues that have refused one. */
interface Round {
  readonly letters: Letter[];
  readonly refusedBy: Set<Queue>;
}

export class Mover {
  readonly #state: BrokerState;
  readonly #journal: Journal;
  readonly #recorder: Recorder;
  readonly #store: MessageStore;
  readonly #publisher: Publisher;
  readonly #looseChunks: LooseChunks;
  readonly #clock: Clock;
  readonly #meters: Meters;
  readonly #later: (run: () => void) => void;
  readonly #unreadable: (queue: Queue, position: number, error: SluiceError) => void;
  readonly #moved: (queue: Queue) => void;
  /** Queues with moves to make whose first needs nothing more from disk, as far as is known. */
  readonly #ready: Queue[] = [];
  /** Set while letters are being sent. */
  #round: Round | undefined = undefined;
  #isRunning = false;
  #isScheduled = false;
  #isStopped = false;

  constructor(parts: {
    readonly state: BrokerState;
    readonly journal: Journal;
    readonly recorder: Recorder;
    readonly store: MessageStore;
    readonly publisher: Publisher;
    readonly looseChunks: LooseChunks;
    readonly clock: Clock;
    readonly meters: Meters;
    readonly later: (run: () => void) => void;
    readonly unreadable: (queue: Queue, position: number, error: SluiceError) => void;
    /** A message has left the queue: what it held back may be delivered now. */
    readonly moved: (queue: Queue) => void;
  }) {
    this.#state = parts.state;
    this.#journal = parts.journal;
    this.#recorder = parts.recorder;
    this.#store = parts.store;
    this.#publisher = parts.publisher;
    this.#looseChunks = parts.looseChunks;
    this.#clock = parts.clock;
    this.#meters = parts.meters;
    this.#later = parts.later;
    this.#unreadable = parts.unreadable;
    this.#moved = parts.moved;
  }

  /** Ends a message, ready, held, delayed or with a client: to the dead-letter exchange where there is one, else for good. */
  bury(queue: Queue, position: number, reason: DeathReason, letter?: FailureLetter, held?: Held): void {
    if (reason !== 'delayed') this.#meters.ended(queue, position);
    if (!hasTarget(queue, { reason, letter })) {
      this.#recorder.settle(queue, position, settleReasons[reason], held?.party, held?.deliveredMs);
      this.#state.applySettle(queue, position);
      return;
    }
    const before = queue.backlog.stateAt(position);
    if (before === EntryState.held) this.#release(queue, position);
    if (before === EntryState.ready) queue.take(position, EntryState.moving);
    else queue.backlog.change(position, EntryState.moving);
    queue.moves.push({ position, reason, letter, held });
    if (queue.moves.length > 1) return;
    this.#ready.push(queue);
    this.#run();
  }

  /** A held message leaves: whatever crash comes before it has gone, it waits for records no longer. */
  #release(queue: Queue, position: number): void {
    if (queue.isJournaled && !queue.backlog.pageOf(position)!.isTransient(position % pageEntries))
      this.#recorder.holdBack(queue, position, 0, false);
    this.#state.applyHoldBack(queue, position, 0, false);
  }

  /**
   * Dead-letters a message that the queue's length refused before it came in: with the move that sent it here, or
   * else, where a client published it, by itself. `marks`: the flags of the record that it has been in.
   */
  buryRefused(queue: Queue, vhost: VirtualHost, message: InboundMessage, marks: number): void {
    const letter = this.#refusedLetter(queue, vhost, message, marks);
    if (letter === undefined) return;
    if (this.#round !== undefined) {
      this.#round.refusedBy.add(queue);
      this.#round.letters.push(letter);
      return;
    }
    const { chunks } = letter.message;
    if (chunks !== undefined) this.#looseChunks.hold(chunks);
    // The publish that was refused is still being decided.
    this.#later(() => {
      if (!this.#isStopped) this.#forward(letter);
      if (chunks !== undefined) this.#looseChunks.release(chunks);
    });
  }

  #refusedLetter(
    queue: Queue,
    vhost: VirtualHost,
    message: InboundMessage,
    marks: number,
  ): Letter | undefined {
    const { deadLetterExchange, deadLetterRoutingKey } = queue.settings;
    const exchange = deadLetterExchange === undefined ? undefined : vhost.exchanges.get(deadLetterExchange);
    if (exchange === undefined) return undefined;
    const stored = Buffer.from(
      message.propertiesBuffer.subarray(message.propertiesStart, message.propertiesEnd),
    );
    const { exchange: from, routingKey: key, chunks } = message;
    const properties = withDeath(stored, this.#death(queue, 'maxlen', from, key, marks));
    const body = Buffer.from(message.bodyBuffer.subarray(message.bodyStart, message.bodyEnd));
    const dead = inboundOf(exchange.name, deadLetterRoutingKey ?? key, properties, body, chunks);
    const deadMarks = marksAfter(queue, { reason: 'maxlen', letter: undefined }, marks);
    return { vhost, exchange, message: dead, reason: 'maxlen', marks: deadMarks };
  }

  /** Moves nothing more: what is on its way stays where it is until the next start. */
  stop(): void {
    this.#isStopped = true;
  }

  #death(queue: Queue, reason: DeathReason, exchange: string, routingKey: string, marks: number): Death {
    const tellsTruth = (marks & PublishFlag.died) !== 0;
    const hasCopies = (marks & PublishFlag.keysReplaced) === 0;
    const nowMs = this.#clock.now();
    return { queue: queue.name, reason, exchange, routingKey, nowMs, tellsTruth, hasCopies };
  }

  /**
   * Makes moves of all queues in turn, one slice. A move may fill another queue over its limit and so ask for more
   * moves: those wait in `#ready`, so that no chain of queues, however long, nests calls.
   */
  #run(): void {
    if (this.#isRunning || this.#isStopped) return;
    this.#isRunning = true;
    const untilMs = this.#clock.monotonic() + sliceMs;
    for (let left = sliceMoves; left > 0 && this.#ready.length > 0; left--) {
      this.#runOne(this.#ready.shift()!);
      if (this.#clock.monotonic() > untilMs) break;
    }
    this.#isRunning = false;
    if (this.#ready.length === 0 || this.#isScheduled) return;
    this.#isScheduled = true;
    this.#later(() => {
      this.#isScheduled = false;
      this.#run();
    });
  }

  #runOne(queue: Queue): void {
    const move = queue.moves[0];
    if (move === undefined || queue.isDeleted) return;
    if (queue.backlog.stateAt(move.position) === EntryState.moving) {
      // The pieces of a large body move without being read.
      if (!this.#store.find(queue, move.position, true)) {
        this.#load(queue, move);
        return;
      }
      this.#move(queue, move);
    }
    queue.moves.shift();
    if (queue.moves.length > 0) this.#ready.push(queue);
    this.#moved(queue);
  }

  #load(queue: Queue, move: Move): void {
    this.#store.load((error) => {
      if (error !== undefined) {
        this.#unreadable(queue, move.position, error);
        queue.moves.shift();
      }
      this.#ready.push(queue);
      this.#run();
    });
  }

  #move(queue: Queue, move: Move): void {
    const vhost = this.#state.virtualHosts.get(queue.vhost);
    if (isStranded(vhost, move)) {
      this.#dispatchAgain(queue, move.position);
      return;
    }
    const marks = marksAfter(queue, move, this.#store.flags);
    const message = this.#messageOf(queue, move);
    const exchange = hasTarget(queue, move)
      ? vhost?.exchanges.get(queue.delaysOf ?? message.exchange)
      : undefined;
    this.#journal.beginGroup();
    if (move.reason !== 'delayed') queue.counters.deadLettered++;
    const isTaken =
      vhost !== undefined &&
      exchange !== undefined &&
      this.#forward({ vhost, exchange, message, reason: move.reason, marks });
    if (!isTaken && move.reason !== 'delayed') queue.counters.deadLettersLost++;
    this.#recorder.settleNow(queue, move.position, settleReasons[move.reason], move.held);
    this.#state.applySettle(queue, move.position);
    this.#journal.endGroup();
  }

  /** The queue that the message was to go to was deleted meanwhile: the message is kept, and comes again. */
  #dispatchAgain(queue: Queue, position: number): void {
    const ranges = new PositionRanges();
    ranges.add(position);
    this.#recorder.requeueAll(queue, ranges, RequeueKind.failed, ReturnCause.stranded);
    queue.giveBack(position, RequeueKind.failed);
  }

  /**
   * Publishes a letter, and again what of it a full queue refuses to that queue's dead-letter exchange. False: no queue
   * took it.
   */
  #forward(first: Letter): boolean {
    const outer = this.#round;
    const round: Round = { letters: [first], refusedBy: new Set() };
    this.#round = round;
    let isTaken = false;
    for (let letter = round.letters.shift(); letter !== undefined; letter = round.letters.shift())
      isTaken = this.#forwardOne(letter, round.refusedBy) || isTaken;
    this.#round = outer;
    return isTaken;
  }

  /** A queue that has refused the message once in this round is not asked again: circles of full queues end. */
  #forwardOne(letter: Letter, refusedBy: ReadonlySet<Queue>): boolean {
    const { vhost, exchange, message, reason, marks } = letter;
    const mayCircle = reason === 'rejected' || reason === 'delayed';
    const properties = message.propertiesBuffer;
    return this.#publisher.forward(
      vhost,
      exchange,
      message,
      marks,
      reason === 'delayed',
      (target) => !refusedBy.has(target) && (mayCircle || !isCycle(properties, target.name)),
    );
  }

  /** The stored message as one that comes in again, with copies of all that the journal may overwrite. */
  #messageOf(queue: Queue, move: Move): InboundMessage {
    const { view, flags } = this.#store;
    const exchangeEnd = view.routeStart + 1 + view.buffer[view.routeStart]!;
    const exchange = decodeText(view.buffer, view.routeStart + 1, exchangeEnd);
    const routingKey = decodeText(view.buffer, exchangeEnd + 1, view.routeEnd);
    const stored = Buffer.from(view.propertiesBuffer.subarray(view.propertiesStart, view.propertiesEnd));
    const names = namesAfter(queue, move, exchange, routingKey);
    const properties =
      move.reason === 'delayed'
        ? withoutDelay(stored)
        : withFailure(
            withDeath(stored, this.#death(queue, move.reason, exchange, routingKey, flags)),
            move.letter,
          );
    const chunks = queue.largeBodies.get(move.position);
    const body =
      chunks === undefined
        ? Buffer.from(view.bodyBuffer.subarray(view.bodyStart, view.bodyEnd))
        : Buffer.alloc(0);
    return inboundOf(names.exchange, names.routingKey, properties, body, chunks);
  }
}

/** Whether a message goes on to somewhere: a policy may have ended that while it was on its way. */
function hasTarget(queue: Queue, { reason, letter }: Omit<Move, 'position'>): boolean {
  return (
    reason === 'delayed' || letter?.queue !== undefined || queue.settings.deadLetterExchange !== undefined
  );
}

/** Whether the queue that a message was to go to is no longer there. */
function isStranded(vhost: VirtualHost | undefined, { letter }: Move): boolean {
  return letter?.queue !== undefined && vhost?.queues.has(letter.queue) !== true;
}

function namesAfter(
  queue: Queue,
  { letter }: Move,
  exchange: string,
  routingKey: string,
): { readonly exchange: string; readonly routingKey: string } {
  if (letter?.queue !== undefined) return { exchange: '', routingKey: letter.queue };
  const { deadLetterExchange = exchange, deadLetterRoutingKey = routingKey } = queue.settings;
  return { exchange: deadLetterExchange, routingKey: deadLetterRoutingKey };
}

/** The flags of the record of a message that has left `queue`, from those of the record it was in. */
function marksAfter(queue: Queue, { reason, letter }: Omit<Move, 'position'>, marks: number): number {
  const kept = marks & (PublishFlag.died | PublishFlag.keysReplaced);
  if (reason === 'delayed') return kept;
  const isKeyGiven = queue.settings.deadLetterRoutingKey !== undefined || letter?.queue !== undefined;
  return kept | PublishFlag.died | (isKeyGiven ? PublishFlag.keysReplaced : 0);
}
