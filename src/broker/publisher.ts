/**
 * Accepts messages: decides their routes, refusals and expiries, writes one record with the outcome and applies it.
 * Invariant: a durable route stands in the record; a route that does not outlive the process never does.
 */
import type { Journal } from '../journal/index.js';
import { SluiceError, type Clock } from '../kernel/index.js';
import { KeyHasher, noSecret, rankOf, type Rankable } from '../scheduling/index.js';
import { newEntry, type NewEntry } from './new-entry.js';
import { copyBytes } from './copy-bytes.js';
import type { Party } from './custody/party.js';
import { bodyBytes, expiryOf, priorityOf, thousandthsOf } from './entry-values.js';
import { countRouted, type Exchange } from './exchange.js';
import type { InboundMessage, PublishOutcome } from './face.js';
import { MessageHeaders } from './message-headers.js';
import { MessageIds } from './message-ids.js';
import { MissingRecords } from './missing-records.js';
import { EntryState } from './page.js';
import {
  PublishFlag,
  publishChunksBytes,
  publisherBytes,
  publishHeadBytes,
  routeFlagsOf,
  writeChunks,
  writePublishHead,
  writeRoute,
} from './publish-record.js';
import type { Queue } from './queue.js';
import { exceedsLimit } from './queue-room.js';
import { RecordType } from './record-types.js';
import type { RecordHashes } from './records/record-hashes.js';
import type { Recorder } from './recorder.js';
import type { RouteMemo } from './route-memo.js';
import type { Relocated } from './relocation.js';
import { Router } from './router.js';
import type { BrokerSettings } from './settings.js';
import type { BrokerState, VirtualHost } from './state.js';
import { exchangeFor } from './target-exchange.js';

/** Routes of one record: with extended ones, 176 KiB. */
const routesMax = 4_096;

/** What the publisher tells others. */
export interface PublishListener {
  /** A queue got a message: limits may be exceeded, consumers may be waiting. */
  admitted(queue: Queue): void;
  /** A queue that refuses what exceeds its limits has reached one: consumers may take something. */
  full(queue: Queue): void;
  /** A message that a limit refused, for `reject-publish-dlx`. `marks`: flags of the record it was in before. */
  refused(queue: Queue, vhost: VirtualHost, message: InboundMessage, marks: number): void;
}

export class Publisher {
  readonly #state: BrokerState;
  readonly #journal: Journal;
  readonly #recorder: Recorder;
  readonly #clock: Clock;
  readonly #listener: PublishListener;
  readonly #holdsEta: boolean;
  readonly #router = new Router();
  readonly #headers = new MessageHeaders();
  readonly #entries: NewEntry[] = [];
  readonly #rankable: { -readonly [name in keyof Rankable]: Rankable[name] } = { arrivalMs: 0 };
  #hasher: KeyHasher | undefined = undefined;
  readonly #ids: MessageIds;
  /** Flags of the record that say what the broker did to the message. */
  #marks = 0;
  /** Who publishes; undefined: the broker itself. */
  #party: Party | undefined = undefined;
  readonly #missing: MissingRecords;
  /** Records that the message has to wait for; undefined: none. */
  #awaited: RecordHashes | undefined = undefined;
  /** The record of the last message if it is durable, else 0. */
  sequence = 0;

  constructor(
    state: BrokerState,
    journal: Journal,
    recorder: Recorder,
    clock: Clock,
    settings: Pick<BrokerSettings, 'eta'>,
    listener: PublishListener,
  ) {
    this.#state = state;
    this.#journal = journal;
    this.#recorder = recorder;
    this.#clock = clock;
    this.#listener = listener;
    this.#holdsEta = settings.eta === 'hold';
    this.#ids = new MessageIds(state);
    this.#missing = new MissingRecords(state);
  }

  /**
   * Routes and stores a client's message.
   *
   * @throws SluiceError `not-found` for an absent exchange, `access-refused` for an internal one.
   */
  publish(vhost: VirtualHost, message: InboundMessage, memo: RouteMemo, party?: Party): PublishOutcome {
    this.sequence = 0;
    this.#marks = 0;
    this.#party = party;
    this.#headers.read(message);
    if (this.#holdsEta && this.#headers.etaMs > 0) this.#headers.waitForEta(this.#clock.now());
    const targets = this.#targetsOf(vhost, message, memo);
    if (targets.length === 0) {
      vhost.unroutable[message.mandatory ? 'returned' : 'dropped']++;
      return 'unroutable';
    }
    return this.admit(vhost, targets, message) ? 'routed' : 'rejected';
  }

  /** Throws what `publish` would throw, and changes nothing. */
  check(vhost: VirtualHost, message: InboundMessage): void {
    this.#headers.read(message);
    exchangeFor(vhost, message);
  }

  #targetsOf(vhost: VirtualHost, message: InboundMessage, memo: RouteMemo): readonly Queue[] {
    const plain = message.scan.headersStart < 0;
    if (
      plain &&
      memo.version === this.#state.topologyVersion &&
      memo.routingKey === message.routingKey &&
      memo.exchange === message.exchange &&
      memo.vhost === vhost.name
    ) {
      countRouted(memo.source!, memo.targets.length);
      return memo.targets;
    }
    const exchange = exchangeFor(vhost, message);
    const targets = this.route(vhost, exchange, message.routingKey, this.#headers);
    countRouted(exchange, targets.length);
    // A route that hashed a property is good for this message alone.
    if (plain && !this.#headers.hasReadProperty) {
      memo.version = this.#state.topologyVersion;
      memo.vhost = vhost.name;
      memo.exchange = message.exchange;
      memo.routingKey = message.routingKey;
      memo.source = exchange;
      memo.targets.splice(0, memo.targets.length, ...targets);
    }
    return targets;
  }

  route(
    vhost: VirtualHost,
    exchange: Exchange,
    routingKey: string,
    headers: MessageHeaders,
  ): readonly Queue[] {
    this.#router.route(vhost, exchange, routingKey, headers.moreKeys, headers, headers.delayMs > 0);
    return this.#router.targets;
  }

  /**
   * Routes a message that comes from a queue: dead-lettered, or delayed until now. `marks` are flags of its record.
   * `isOnItsWay`: it may have records to wait for. False: no queue took it.
   */
  forward(
    vhost: VirtualHost,
    exchange: Exchange,
    message: InboundMessage,
    marks: number,
    isOnItsWay: boolean,
    accepts: (queue: Queue) => boolean,
  ): boolean {
    this.#headers.read(message);
    this.#marks = marks;
    this.#party = undefined;
    if ((marks & PublishFlag.keysReplaced) !== 0) this.#headers.ignoreMoreKeys();
    // A delay was served where it was asked for; it is not served twice.
    this.#headers.delayMs = 0;
    if (!isOnItsWay) this.#headers.ignoreRecords();
    const targets = this.route(vhost, exchange, message.routingKey, this.#headers).filter(accepts);
    return targets.length > 0 && this.admit(vhost, targets, message);
  }

  /** Stores a message of another queue as it is. `isHeld`: it may have records to wait for. False: refused. */
  relocate(vhost: VirtualHost, to: Queue, message: InboundMessage, how: Relocated): boolean {
    this.#headers.read(message);
    this.#marks = how.marks;
    this.#party = undefined;
    this.#headers.delayMs = how.delayMs;
    if (!how.isHeld) this.#headers.ignoreRecords();
    return this.admit(vhost, [to], message);
  }

  /** Stores a message in queues. False: some queue refused it. */
  admit(vhost: VirtualHost, targets: readonly Queue[], message: InboundMessage): boolean {
    const nowMs = this.#clock.now();
    let accepted = 0;
    let refused = false;
    let durable = 0;
    let routeFlags = 0;
    this.#awaited = this.#missing.find(vhost.records, this.#headers.afterKeys);
    for (const queue of targets) {
      if (this.#isWithoutRoom(queue, 1, bodyBytes(message))) {
        refused = true;
        this.#listener.refused(queue, vhost, message, this.#marks);
        continue;
      }
      const entry = (this.#entries[accepted] ??= newEntry());
      this.#describe(entry, queue, message, nowMs);
      this.#accepted[accepted++] = queue;
      if (entry.transient) continue;
      durable++;
      routeFlags |= routeFlagsOf(entry);
    }
    if (accepted > 0) this.#write(accepted, durable, routeFlags, message, nowMs);
    return !refused;
  }

  readonly #accepted: Queue[] = [];

  /** Throws `limit-reached` where a queue would refuse one of so many more messages, of so many bytes together. */
  requireRoom(queue: Queue, messages: number, bytes: number): void {
    if (!this.#isWithoutRoom(queue, messages, bytes)) return;
    const details = { target: queue.name };
    throw new SluiceError('limit-reached', `'${queue.name}' is full`, { retryable: true, details });
  }

  #isWithoutRoom(queue: Queue, messages: number, bytes: number): boolean {
    if (queue.settings.overflow === 'drop-head' || !exceedsLimit(queue, messages, bytes)) return false;
    this.#listener.full(queue);
    return exceedsLimit(queue, messages, bytes);
  }

  /** Everything about the message's entry in one queue but its location. */
  #describe(entry: NewEntry, queue: Queue, message: InboundMessage, nowMs: number): void {
    const { settings } = queue;
    const { scan } = message;
    const headers = this.#headers;
    entry.position = queue.backlog.tail;
    entry.size = bodyBytes(message);
    entry.transient = !queue.isJournaled || (scan.deliveryMode !== 2 && settings.type !== 'quorum');
    entry.priority = priorityOf(settings, scan);
    entry.dueMs = headers.delayMs > 0 ? nowMs + headers.delayMs : 0;
    // What is delayed lives from the moment it is due; a delayed exchange's store lets nothing expire.
    entry.expiryMs = queue.isHidden
      ? 0
      : expiryOf(settings.messageTtlMs, scan.expirationMs, entry.dueMs > 0 ? entry.dueMs : nowMs);
    // The store of a delayed exchange lets nothing wait but for its moment.
    entry.awaited = queue.isHidden ? undefined : this.#awaited;
    entry.state = entry.dueMs > 0 ? EntryState.delayed : EntryState.ready;
    if (entry.awaited !== undefined) entry.state = EntryState.held;
    entry.deadlineMs = settings.order.kind === 'deadline' ? 0 : (headers.deadlineMs ?? 0);
    entry.idHash = settings.messageIndex ? this.#ids.ofScan(message.propertiesBuffer, scan) : 0;
    entry.isKeyed = headers.hasKey;
    if (headers.hasKey) this.#hashKey(entry);
    entry.isRanked = settings.order.kind !== 'fifo' && settings.levels === undefined;
    entry.rank = entry.isRanked ? this.#rank(queue, message, nowMs) : 0;
    entry.isShared = false;
    if (settings.tenants !== undefined) this.#describeShare(entry, queue);
  }

  #describeShare(entry: NewEntry, queue: Queue): void {
    const headers = this.#headers;
    const hasher = headers.hasTenant
      ? this.#hash(headers.tenantBuffer, headers.tenantStart, headers.tenantEnd)
      : undefined;
    const lines = queue.lines!;
    lines.identify(hasher?.low ?? 0, hasher?.high ?? 0);
    entry.tenantLow = lines.low;
    entry.tenantHigh = lines.high;
    entry.costThousandths = thousandthsOf(headers.costMs);
    entry.isShared = headers.hasTenant || entry.costThousandths > 0;
  }

  #hashKey(entry: NewEntry): void {
    const hasher = this.#hash(this.#headers.keyBuffer, this.#headers.keyStart, this.#headers.keyEnd);
    entry.keyLow = hasher.low;
    entry.keyHigh = hasher.high;
  }

  #hash(buffer: Buffer, start: number, end: number): KeyHasher {
    this.#hasher ??= new KeyHasher(this.#state.secret ?? noSecret);
    this.#hasher.hash(buffer, start, end);
    return this.#hasher;
  }

  #rank(queue: Queue, message: InboundMessage, nowMs: number): number {
    const rankable = this.#rankable;
    rankable.arrivalMs = nowMs;
    rankable.priority = message.scan.priority;
    rankable.deadlineMs = this.#headers.deadlineMs;
    rankable.periodMs = this.#headers.periodMs;
    rankable.costMs = this.#headers.costMs;
    return rankOf(queue.settings.order, rankable);
  }

  #write(
    accepted: number,
    durable: number,
    routeFlags: number,
    message: InboundMessage,
    nowMs: number,
  ): void {
    if (accepted <= routesMax) {
      this.#writePart(0, accepted, durable, routeFlags, message, nowMs);
    } else {
      // A record holds so many routes: the message is stored more than once, all of it or nothing.
      this.#journal.beginGroup();
      for (let from = 0; from < accepted; from += routesMax) {
        const to = Math.min(accepted, from + routesMax);
        const kept = this.#entries.slice(from, to).filter((entry) => !entry.transient).length;
        this.#writePart(from, to, kept, routeFlags, message, nowMs);
      }
      this.#journal.endGroup();
    }
    if (accepted === 1) {
      this.#listener.admitted(this.#accepted[0]!);
      return;
    }
    // Limits may dead-letter at once, and so come back here before the loop has ended.
    for (const queue of this.#accepted.slice(0, accepted)) this.#listener.admitted(queue);
  }

  /** Writes one record for the accepted queues from index `from` up to `to`, `durable` of which outlive the process. */
  #writePart(
    from: number,
    to: number,
    durable: number,
    routeFlags: number,
    message: InboundMessage,
    nowMs: number,
  ): void {
    const sequence = this.#record(from, to, durable, routeFlags, message, nowMs);
    if (durable > 0) this.sequence = sequence;
    const { segment, offset } = this.#journal;
    for (let index = from; index < to; index++) {
      const entry = this.#entries[index]!;
      entry.segment = segment;
      entry.offset = offset;
      this.#state.applyEntry(this.#accepted[index]!, entry, message.chunks, true);
    }
  }

  /** Where the publisher is described in the segment of a record of `bytes`; 0: nowhere. */
  #publisherFor(bytes: number): number {
    const party = this.#party;
    return party === undefined ? 0 : this.#recorder.parties.offsetFor(party, bytes + publisherBytes);
  }

  #record(
    from: number,
    to: number,
    durable: number,
    routeFlags: number,
    message: InboundMessage,
    nowMs: number,
  ): number {
    const { chunks } = message;
    const namesLength = message.routeEnd - message.routeStart;
    const propertiesLength = message.propertiesEnd - message.propertiesStart;
    const bodyLength = bodyBytes(message);
    const headBytes = publishHeadBytes(durable, routeFlags);
    const tailBytes = chunks === undefined ? bodyLength : publishChunksBytes(chunks.length);
    const bytes = headBytes + namesLength + propertiesLength + tailBytes;
    const by = durable === 0 ? 0 : this.#publisherFor(bytes);
    const at = this.#journal.reserve(RecordType.publish, by === 0 ? bytes : bytes + publisherBytes);
    const { buffer } = this.#journal;
    const { view } = this.#recorder;
    const flags =
      (durable === 0 ? PublishFlag.transient : 0) |
      routeFlags |
      (chunks === undefined ? 0 : PublishFlag.chunked) |
      (this.#headers.hasBlindCopies ? PublishFlag.blindCopies : 0) |
      (by === 0 ? 0 : PublishFlag.publisher) |
      this.#marks;
    writePublishHead(
      view,
      at,
      flags,
      durable,
      propertiesLength,
      bodyLength,
      namesLength,
      chunks?.length ?? 0,
      nowMs,
    );
    for (let index = from, route = 0; index < to; index++) {
      const entry = this.#entries[index]!;
      if (!entry.transient) writeRoute(view, at, route++, routeFlags, this.#accepted[index]!.id, entry);
    }
    let next = at + headBytes;
    copyBytes(message.routeBuffer, message.routeStart, message.routeEnd, buffer, next);
    next += namesLength;
    copyBytes(message.propertiesBuffer, message.propertiesStart, message.propertiesEnd, buffer, next);
    next += propertiesLength;
    if (chunks === undefined) copyBytes(message.bodyBuffer, message.bodyStart, message.bodyEnd, buffer, next);
    else writeChunks(view, next, chunks);
    if (by !== 0) view.setUint32(at + bytes, by, true);
    return this.#journal.commit();
  }
}
