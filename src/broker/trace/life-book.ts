/**
 * The lives that are followed, fed with every record in order. Invariant: a record that is not about them costs a
 * comparison; of a publish only its properties are looked at, never its body.
 */
import type { WalkedRecord } from '../../journal/index.js';
import { decodeText, PropertyScan, scanProperties } from '../content/index.js';
import { custodyOf } from '../custody/custody-reader.js';
import { newEntry } from '../new-entry.js';
import {
  newPublishHead,
  publishHeadBytes,
  readPosition,
  readPublishHead,
  readRoute,
} from '../publish-record.js';
import { holdBackBytes } from '../recorder.js';
import { RecordType, RequeueKind, SettleReason } from '../record-types.js';
import { newPutView, readPut } from '../records/record-codec.js';
import { decodeChange, type TopologyChange } from '../topology-record.js';
import { Life } from './life.js';
import type { QueueNames } from './queue-names.js';
import { KnownParties } from './known-parties.js';
import { indexInRanges, rangesEnd } from './ranges.js';
import { readPublished, type Published } from './published.js';
import { toldBy, type Told } from './told.js';
import type { MessageTrace, TraceEnd, TracePlace, TraceSearch, TraceTime } from './trace.js';

const livesMax = 100;
/** Letters of one dead-lettering that are remembered until its settlement tells whose they are. */
const lettersMax = 16;

const endNames = new Map<number, TraceEnd>(
  Object.entries(SettleReason).map(([name, reason]) => [reason, name as TraceEnd]),
);

const requeueNames = new Map<number, 'marked' | 'failed' | 'returned'>([
  [RequeueKind.marked, 'marked'],
  [RequeueKind.failed, 'failed'],
  [RequeueKind.returned, 'returned'],
]);

/** A publish whose group is still being read. */
interface Letter {
  readonly published: Published;
  /** It is what is searched for, whoever's letter it is. */
  readonly isFound: boolean;
}

/** A place that is followed. */
interface Followed {
  readonly life: Life;
  readonly position: number;
  isDelivered: boolean;
}

/** A place that a record settles, and what it tells of that. */
interface Settled {
  readonly followed: Followed;
  readonly told: Told;
}

export class LifeBook {
  readonly #names: QueueNames;
  readonly #search: TraceSearch;
  readonly #wanted: Buffer | undefined;
  readonly #lives: Life[] = [];
  /** By the number of the queue. */
  readonly #places = new Map<number, Map<number, Followed>>();
  readonly #head = newPublishHead();
  readonly #entry = newEntry();
  readonly #scan = new PropertyScan();
  readonly #put = newPutView();
  readonly #parties = new KnownParties();
  #letters: Letter[] = [];
  #isCut = false;
  #buffer: Buffer | undefined;
  #view: DataView = new DataView(new ArrayBuffer(0));
  /** Of the newest publish so far. */
  #arrivalMs: number | undefined;
  #completeFrom = 0;
  #completeFromMs: number | undefined;

  constructor(names: QueueNames, search: TraceSearch) {
    this.#names = names;
    this.#search = search;
    this.#wanted = 'messageId' in search ? Buffer.from(search.messageId) : undefined;
  }

  read(record: WalkedRecord): void {
    if (this.#buffer !== record.buffer) {
      this.#buffer = record.buffer;
      this.#view = new DataView(record.buffer.buffer, record.buffer.byteOffset, record.buffer.length);
    }
    const at = record.start;
    this.#parties.enter(record.segment);
    switch (record.type) {
      case RecordType.party:
        this.#parties.note(record);
        break;
      case RecordType.publish:
        this.#publish(record);
        break;
      case RecordType.settle:
        this.#settle(record);
        break;
      case RecordType.requeue:
        this.#requeue(record);
        break;
      case RecordType.delivered:
        this.#delivered(record.sequence, this.#view.getUint32(at, true), readPosition(this.#view, at + 4));
        break;
      case RecordType.holdBack:
        this.#holdBack(record);
        break;
      case RecordType.recordPut:
        this.#recordPut(record);
        break;
      case RecordType.topology:
        this.#topology(decodeChange(record.buffer.subarray(at, record.end)), record.sequence);
        break;
    }
    if (!record.continues) this.#endLetters();
  }

  /** When the first message came behind the last place where records are missing; undefined: none did. */
  completeFromMs(completeFromSequence: number): number | undefined {
    return this.#completeFrom === completeFromSequence ? this.#completeFromMs : undefined;
  }

  finish(): Pick<MessageTrace, 'lives' | 'isCut'> {
    return { lives: this.#lives.map((life) => life.finish()), isCut: this.#isCut };
  }

  #publish(record: WalkedRecord): void {
    const { start } = record;
    const head = this.#head;
    readPublishHead(this.#view, start, head);
    this.#arrived(record.completeFromSequence, head.arrivalMs);
    const isFound = this.#wanted === undefined ? this.#isAtPlace(start) : this.#hasId(record, this.#wanted);
    // Whose letter it is, its settlement tells, which stands behind it in the same group.
    const mayBeLetter =
      record.continues && (isFound || this.#places.size > 0) && this.#letters.length < lettersMax;
    if (mayBeLetter)
      this.#letters.push({ published: readPublished(record, this.#view, this.#parties), isFound });
    else if (isFound) this.#begin(readPublished(record, this.#view, this.#parties));
  }

  /** What nobody's settlement claimed began here, or its former place is no longer recorded. */
  #endLetters(): void {
    if (this.#letters.length === 0) return;
    for (const { published, isFound } of this.#letters) if (isFound) this.#begin(published);
    this.#letters = [];
  }

  #arrived(completeFrom: number, arrivalMs: number): void {
    this.#arrivalMs = Math.max(arrivalMs, this.#arrivalMs ?? arrivalMs);
    for (const life of this.#lives) life.boundBy(this.#arrivalMs);
    if (completeFrom === this.#completeFrom) return;
    this.#completeFrom = completeFrom;
    this.#completeFromMs = arrivalMs;
  }

  #hasId({ buffer, start }: WalkedRecord, wanted: Buffer): boolean {
    const { flags, routes, namesLength, propertiesLength } = this.#head;
    if (propertiesLength < 3 + wanted.length) return false;
    const at = start + publishHeadBytes(routes, flags) + namesLength;
    scanProperties(buffer, at, at + propertiesLength, this.#scan);
    const { messageIdStart, messageIdEnd } = this.#scan;
    return messageIdStart >= 0 && wanted.compare(buffer, messageIdStart, messageIdEnd) === 0;
  }

  #isAtPlace(start: number): boolean {
    const search = this.#search;
    if ('messageId' in search) return false;
    for (let index = 0; index < this.#head.routes; index++) {
      const number = readRoute(this.#view, start, index, this.#head.flags, this.#entry);
      if (this.#entry.position === search.position && this.#names.is(number, search.vhost, search.queue))
        return true;
    }
    return false;
  }

  #begin(published: Published): void {
    if (this.#lives.length >= livesMax) {
      this.#isCut = true;
      return;
    }
    const life = new Life(published.messageId, !published.isDied);
    this.#lives.push(life);
    this.#enter(life, published, published.isDied ? 'dead-letter-published' : 'published');
  }

  #enter(life: Life, published: Published, kind: 'published' | 'dead-letter-published' | 'forwarded'): void {
    const { sequence, exchange, routingKey, bodyBytes, userId, appId, by, arrivalMs } = published;
    const routes = published.routes.map(({ queueNumber, position, ...rest }) => ({
      ...this.#names.place(queueNumber, position),
      ...rest,
    }));
    const who = {
      ...(userId === undefined ? {} : { userId }),
      ...(appId === undefined ? {} : { appId }),
      ...(by === undefined ? {} : { by }),
    };
    life.add({ kind, sequence, exchange, routingKey, bodyBytes, ...who, routes }, { atMs: arrivalMs });
    for (const route of published.routes) {
      const { queueNumber, position } = route;
      let places = this.#places.get(queueNumber);
      if (places === undefined) this.#places.set(queueNumber, (places = new Map<number, Followed>()));
      places.set(position, { life, position, isDelivered: false });
      life.enter(keyOf(queueNumber, position), this.#names.place(queueNumber, position));
    }
  }

  #between(): TraceTime {
    return this.#arrivalMs === undefined ? {} : { fromMs: this.#arrivalMs };
  }

  #settle({ start, end, sequence }: WalkedRecord): void {
    const number = this.#view.getUint32(start, true);
    const reason = this.#view.getUint16(start + 4, true);
    const why = endNames.get(reason) ?? 'dropped';
    for (const { followed, told } of this.#inRanges(number, start, end)) {
      this.#end(number, followed, sequence, told, { why });
      if (this.#letters.length === 0 || reason === SettleReason.acknowledged) continue;
      this.#claim(followed.life, reason === SettleReason.rerouted ? 'forwarded' : 'dead-letter-published');
    }
    // Of those that are moved together, each stands right before its own settlement.
    if (reason === SettleReason.rerouted) this.#endLetters();
  }

  /** The letters before a settlement in its group are of the message that it settles. */
  #claim(life: Life, kind: 'forwarded' | 'dead-letter-published'): void {
    const isOf = ({ published }: Letter): boolean =>
      published.messageId === life.messageId && (published.isDied || kind === 'forwarded');
    for (const letter of this.#letters) if (isOf(letter)) this.#enter(life, letter.published, kind);
    this.#letters = this.#letters.filter((letter) => !isOf(letter));
  }

  #end(
    number: number,
    { life, position }: Followed,
    sequence: number,
    told: Told,
    how: { readonly why: TraceEnd; readonly record?: string },
  ): void {
    const place = this.#names.place(number, position);
    this.#delivery(life, place, sequence, told);
    life.add({ kind: 'ended', sequence, place, ...how, ...told.party }, told.time ?? this.#between());
    life.leave(keyOf(number, position));
    const places = this.#places.get(number);
    places?.delete(position);
    if (places?.size === 0) this.#places.delete(number);
  }

  /** A delivery is told by the record of what became of it. */
  #delivery(life: Life, place: TracePlace, sequence: number, { delivered }: Told): void {
    if (delivered === undefined) return;
    life.forgetPossible(place);
    life.add({ kind: 'delivered', sequence, place, ...delivered.to }, { atMs: delivered.atMs });
  }

  #requeue({ start, end, sequence }: WalkedRecord): void {
    const number = this.#view.getUint32(start, true);
    const why = requeueNames.get(this.#view.getUint16(start + 4, true)) ?? 'failed';
    for (const { followed, told } of this.#inRanges(number, start, end)) {
      const { life, position } = followed;
      const place = this.#names.place(number, position);
      this.#delivery(life, place, sequence, told);
      const event = { kind: 'requeued', sequence, place, why, ...told.party, ...told.cause } as const;
      life.add(event, told.time ?? this.#between());
    }
  }

  #inRanges(number: number, start: number, end: number): Settled[] {
    return [...(this.#places.get(number)?.values() ?? [])].flatMap((followed) => {
      const index = indexInRanges(this.#view, start, followed.position);
      return index < 0 ? [] : [{ followed, told: this.#told(rangesEnd(this.#view, start), end, index) }];
    });
  }

  /** What stands from `at` on of the message at `index` of the record. */
  #told(at: number, end: number, index = 0): Told {
    return toldBy(custodyOf(this.#view, at, end, index), this.#parties);
  }

  #delivered(sequence: number, number: number, until: number): void {
    for (const followed of this.#places.get(number)?.values() ?? []) {
      if (followed.isDelivered || followed.position >= until) continue;
      followed.isDelivered = true;
      const place = this.#names.place(number, followed.position);
      followed.life.add({ kind: 'delivery-possible', sequence, place }, this.#between());
    }
  }

  #holdBack({ start, end, sequence }: WalkedRecord): void {
    const number = this.#view.getUint32(start, true);
    const position = readPosition(this.#view, start + 4);
    const followed = this.#places.get(number)?.get(position);
    if (followed === undefined) return;
    const dueMs = this.#view.getFloat64(start + 12, true);
    const isFailure = this.#view.getUint16(start + 10, true) === 1;
    const due = dueMs === 0 ? {} : { dueMs };
    const place = this.#names.place(number, position);
    const told = this.#told(start + holdBackBytes, end);
    this.#delivery(followed.life, place, sequence, told);
    const event = { kind: 'held-back', sequence, place, isFailure, ...due, ...told.party } as const;
    followed.life.add(event, told.time ?? this.#between());
  }

  #recordPut({ buffer, start, end, sequence }: WalkedRecord): void {
    const put = this.#put;
    readPut(this.#view, start, put);
    const followed = this.#places.get(put.queue)?.get(put.position);
    if (followed === undefined) return;
    const record = decodeText(buffer, put.keyStart, put.valueStart);
    const told = this.#told(put.valueEnd, end);
    this.#end(put.queue, followed, sequence, told, { why: 'acknowledged', record });
  }

  #topology(change: TopologyChange, sequence: number): void {
    this.#names.note(change);
    if (change.op !== 'queue-delete') return;
    for (const { life, position } of this.#places.get(change.id)?.values() ?? []) {
      const place = this.#names.place(change.id, position);
      life.add({ kind: 'queue-deleted', sequence, place }, this.#between());
      life.leave(keyOf(change.id, position));
    }
    this.#places.delete(change.id);
  }
}

function keyOf(queueNumber: number, position: number): string {
  return `${queueNumber} ${position}`;
}
