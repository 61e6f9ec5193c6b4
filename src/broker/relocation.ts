/**
 * Moves single messages to another queue as they are: names, properties, headers and body. Invariant: each move is one
 * atomic group, the message in the target and the end of the old one, so that no crash loses or doubles it; one that
 * the target has no room for is never touched.
 */
import { SluiceError } from '../kernel/index.js';
import { decodeText } from './content/index.js';
import type { BrokerCore } from './core.js';
import type { Party } from './custody/party.js';
import type { InboundMessage } from './face.js';
import { inboundOf } from './made-message.js';
import type { MessageReader } from './message-reader.js';
import { EntryState, pageEntries } from './page.js';
import { PublishFlag } from './publish-record.js';
import { exceedsLimit } from './queue-room.js';
import type { Queue } from './queue.js';
import { SettleReason } from './record-types.js';
import type { MessageChange, RelocationOptions, RelocationOutcome } from './scan-face.js';

/** How a message stands that goes as it is. */
export interface Relocated {
  /** Flags of its record. */
  readonly marks: number;
  /** What is left of its delay. */
  readonly delayMs: number;
  /** It waits for records still. */
  readonly isHeld: boolean;
}

export type RelocationParts = Pick<
  BrokerCore,
  'state' | 'journal' | 'recorder' | 'records' | 'publisher' | 'dispatcher' | 'store' | 'clock'
>;

/** Throws `bad-input` for the queue itself, `precondition-failed` where a restart would lose what `from` keeps. */
export function checkRelocation(from: Queue, to: Queue): void {
  if (from === to) throw new SluiceError('bad-input', `'${to.name}' is where the messages are`);
  if ((from.durable && !to.durable) || (from.isJournaled && !to.isJournaled))
    throw new SluiceError(
      'precondition-failed',
      `'${to.name}' is not durable: a restart would lose what '${from.name}' keeps`,
    );
}

/** What is asked for: `party` asks, and `change` is made on the way. */
export interface RelocationRequest {
  readonly from: Queue;
  readonly to: Queue;
  readonly position: number;
  readonly party: Party | undefined;
  readonly how: RelocationOptions;
}

/** Moves one message that nobody has. Throws `bad-input` or `limit-reached` for the records of a change. */
export async function relocate(
  core: RelocationParts,
  reader: MessageReader,
  request: RelocationRequest,
): Promise<RelocationOutcome> {
  const { from, position } = request;
  const outcome = await reader.look(
    from,
    position,
    () => refusalOf(core, request) ?? moveNow(core, request),
    true,
  );
  return outcome ?? 'absent';
}

/** Why a message cannot go now; undefined: it can. Throws as `relocate`. `morePuts`: that come with others besides. */
export function refusalOf(
  core: RelocationParts,
  { from, to, position, how: { change } }: RelocationRequest,
  morePuts = 0,
): Exclude<RelocationOutcome, 'moved'> | undefined {
  const state = from.backlog.stateAt(position);
  if (state === EntryState.gone) return 'absent';
  if (state === EntryState.unacknowledged || state === EntryState.moving) return 'active';
  if (to.isDeleted) throw new SluiceError('not-found', `queue '${to.name}' was deleted`);
  const bytes = change?.body?.length ?? from.backlog.pageOf(position)!.size(position % pageEntries);
  if (exceedsLimit(to, 1, bytes)) return 'full';
  return change === undefined || isAsExpected(core, from, change, morePuts) ? undefined : 'conflict';
}

/** Whatever may stand against the records is found before anything is done. */
function isAsExpected(
  { state, records }: RelocationParts,
  from: Queue,
  { puts, deletions }: MessageChange,
  morePuts: number,
): boolean {
  const vhost = state.vhost(from.vhost);
  const { keeper } = records;
  for (const put of puts) keeper.check(vhost, put);
  for (const key of deletions) keeper.check(vhost, { key });
  keeper.requireRoom(vhost.records, puts.length + morePuts);
  return puts.every(({ key, expected }) => keeper.conflictOf(vhost, key, expected) === undefined);
}

/** Moves the message in the store's view, to which nothing objects. */
export function moveNow(
  core: RelocationParts,
  { from, to, position, party, how: wish }: RelocationRequest,
): 'moved' | 'full' {
  const { change, renewsTtl = false } = wish;
  const { state, journal, recorder, records, publisher, dispatcher } = core;
  const vhost = state.vhost(from.vhost);
  const message =
    change === undefined ? copyOf(core, from, position) : changedOf(core, from, position, change);
  const how = change === undefined ? standing(core, from, position) : sentAnew;
  if (change === undefined && !renewsTtl) keepLife(core, from, position, message, how.delayMs);
  recorder.flushSettled();
  journal.beginGroup();
  const isTaken = publisher.relocate(vhost, to, message, how);
  if (isTaken) {
    recorder.settleNow(from, position, SettleReason.rerouted, { party, deliveredMs: 0 });
    state.applySettle(from, position);
    for (const put of change?.puts ?? []) records.keeper.put(vhost, put);
    for (const key of change?.deletions ?? []) records.keeper.delete(vhost, { key });
  }
  journal.endGroup();
  dispatcher.headChanged(from);
  return isTaken ? 'moved' : 'full';
}

function standing({ store, clock }: RelocationParts, from: Queue, position: number): Relocated {
  const page = from.backlog.pageOf(position)!;
  const slot = position % pageEntries;
  const state = page.state(slot);
  const dueMs = state === EntryState.delayed ? (page.due?.[slot] ?? 0) : 0;
  return {
    marks: store.flags & (PublishFlag.died | PublishFlag.keysReplaced),
    delayMs: Math.max(0, dueMs - clock.now()),
    isHeld: state === EntryState.held,
  };
}

/** It lives no longer than it would have where it was; the target's own time to live may end it before. */
function keepLife(
  { clock }: RelocationParts,
  from: Queue,
  position: number,
  { scan }: InboundMessage,
  delayMs: number,
): void {
  const expiryMs = from.backlog.pageOf(position)!.expiry?.[position % pageEntries] ?? 0;
  // What is delayed lives from the moment it is due. One that has expired is not given to anybody any more.
  if (expiryMs > 0) scan.expirationMs = Math.max(1, expiryMs - clock.now() - delayMs);
}

/** One that was changed begins its life anew. */
const sentAnew: Relocated = { marks: 0, delayMs: 0, isHeld: false };

function changedOf(
  core: RelocationParts,
  from: Queue,
  position: number,
  change: MessageChange,
): InboundMessage {
  const { exchange, routingKey, properties, body } = change;
  if (body !== undefined) return inboundOf(exchange, routingKey, properties, body, undefined);
  const chunks = from.largeBodies.get(position);
  return inboundOf(exchange, routingKey, properties, bodyIn(core, chunks), chunks);
}

/** The message in the store's view as one that comes in again; what the journal may overwrite is copied. */
function copyOf(core: RelocationParts, from: Queue, position: number): InboundMessage {
  const { view } = core.store;
  const exchangeEnd = view.routeStart + 1 + view.buffer[view.routeStart]!;
  const exchange = decodeText(view.buffer, view.routeStart + 1, exchangeEnd);
  const routingKey = decodeText(view.buffer, exchangeEnd + 1, view.routeEnd);
  const properties = Buffer.from(view.propertiesBuffer.subarray(view.propertiesStart, view.propertiesEnd));
  const chunks = from.largeBodies.get(position);
  return inboundOf(exchange, routingKey, properties, bodyIn(core, chunks), chunks);
}

function bodyIn({ store: { view } }: RelocationParts, chunks: InboundMessage['chunks']): Buffer {
  if (chunks !== undefined) return Buffer.alloc(0);
  return Buffer.from(view.bodyBuffer.subarray(view.bodyStart, view.bodyEnd));
}
