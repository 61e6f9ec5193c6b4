/**
 * What a channel in transaction mode has put off: copies of its publishes, its acknowledgements, and its
 * changes of key-value records. Committing
 * makes them one atomic group in the journal.
 */
import { SluiceError } from '../kernel/index.js';
import { PropertyScan, scanProperties } from './content/index.js';
import type { DeliveryGate } from './consumer.js';
import type { BufferedReturn, ChannelHoldings, InboundMessage, PublishOutcome } from './face.js';
import type { LooseChunks } from './loose-chunks.js';
import type { MessageStore } from './message-store.js';
import type { RecordChange } from './records/channel-records.js';
import type { Settling } from './settlement.js';
import type { Unacknowledged } from './unacknowledged.js';

/** A put-off acknowledgement or rejection. */
export interface PendingSettlement {
  readonly tag: number;
  readonly kind: Settling;
}

export class Transaction {
  messages: InboundMessage[] = [];
  settlements: PendingSettlement[] = [];
  /** Changes of key-value records; their values are copies. */
  changes: RecordChange[] = [];
  /** Tags put off; a tag is settled once. */
  readonly tags = new Set<number>();

  clear(): void {
    this.messages = [];
    this.settlements = [];
    this.changes = [];
    this.tags.clear();
  }

  /** Puts off settling a delivery, or with `multiple` all up to it; a tag of 0 stands for the last. */
  putOff(held: Unacknowledged, tag: number, multiple: boolean, kind: Settling): void {
    const last = tag === 0 ? held.next - 1 : tag;
    for (let at = multiple ? held.first : tag; at <= last; at++) {
      if (held.holder(at) === 0 || this.tags.has(at)) continue;
      this.tags.add(at);
      this.settlements.push({ tag: at, kind });
    }
  }

  /** Forgets everything, and gives up the pieces of large bodies. */
  giveUp(chunks: LooseChunks): void {
    release(this.messages, chunks);
    this.clear();
  }

  /** Runs what puts off; where that throws, nothing of it stays. */
  extend(run: () => void, chunks: LooseChunks): void {
    const { messages, settlements, changes, tags } = this;
    const before = { messages: messages.length, settlements: settlements.length, changes: changes.length };
    try {
      run();
    } catch (error) {
      release(messages.splice(before.messages), chunks);
      for (const { tag } of settlements.splice(before.settlements)) tags.delete(tag);
      changes.length = before.changes;
      throw error;
    }
  }
}

function release(messages: readonly InboundMessage[], loose: LooseChunks): void {
  for (const { chunks } of messages) if (chunks !== undefined) loose.release(chunks);
}

/**
 * A message that outlives the call it came in with. One that may have to be returned keeps its body even when that
 * came in pieces. Throws `limit-reached` where those have left memory.
 */
export function copyOf(message: InboundMessage, store: MessageStore): InboundMessage {
  const route = Buffer.from(message.routeBuffer.subarray(message.routeStart, message.routeEnd));
  const properties = Buffer.from(
    message.propertiesBuffer.subarray(message.propertiesStart, message.propertiesEnd),
  );
  const body = bodyOf(message, store);
  const scan = new PropertyScan();
  scanProperties(properties, 0, properties.length, scan);
  return {
    ...message,
    routeBuffer: route,
    routeStart: 0,
    routeEnd: route.length,
    propertiesBuffer: properties,
    propertiesStart: 0,
    propertiesEnd: properties.length,
    scan,
    bodyBuffer: body,
    bodyStart: 0,
    bodyEnd: body.length,
  };
}

function bodyOf(message: InboundMessage, store: MessageStore): Buffer {
  const { chunks, mandatory, bodyBuffer, bodyStart, bodyEnd } = message;
  if (chunks === undefined || !mandatory) return Buffer.from(bodyBuffer.subarray(bodyStart, bodyEnd));
  const body = store.peekAll(chunks);
  if (body !== undefined) return body;
  throw new SluiceError('limit-reached', 'a mandatory message this large cannot be part of a transaction');
}

/** Publishes what was put off; collects what must be returned. */
export function publishAll(
  messages: readonly InboundMessage[],
  publish: (message: InboundMessage) => PublishOutcome,
): { readonly returned: BufferedReturn[]; readonly rejected: boolean } {
  const returned: BufferedReturn[] = [];
  let rejected = false;
  for (const message of messages) {
    const outcome = publish(message);
    if (outcome === 'rejected') rejected = true;
    if (outcome !== 'unroutable' || !message.mandatory) continue;
    const { exchange, routingKey, propertiesBuffer: properties, bodyBuffer: body } = message;
    returned.push({ exchange, routingKey, properties, body });
  }
  return { returned, rejected };
}

/** What a channel holds, with what its transaction has put off. */
export function holdingsOf(
  { unacknowledged, sharedPrefetch }: DeliveryGate,
  prefetch: number,
  transaction: Transaction | undefined,
): ChannelHoldings {
  const { messages = [], settlements = [] } = transaction ?? {};
  const uncommitted = { uncommittedMessages: messages.length, uncommittedSettlements: settlements.length };
  return { unacknowledged: unacknowledged.count, prefetch, sharedPrefetch, ...uncommitted };
}
