/**
 * A stored message as its readers get it: without its blind copies, and with RabbitMQ's counts of deliveries where
 * its queue keeps them. Invariant: the stored message is left as it is.
 */
import { decodeProperties, int64, withHeaders, type FieldTable, type FieldValue } from './content/index.js';
import type { MessageView } from './face.js';

/** What changes the headers of a message on its way out. */
export interface Reading {
  readonly hidesBlindCopies: boolean;
  /** 0: not told. */
  readonly deliveryCount: number;
  readonly acquiredCount: number;
}

/** The view to hand out; the given one where nothing changes. */
export function readersView(view: MessageView, reading: Reading): MessageView {
  const properties = view.propertiesBuffer.subarray(view.propertiesStart, view.propertiesEnd);
  const headers = readersHeaders(decodeProperties(properties).headers ?? new Map(), reading);
  const changed = withHeaders(properties, headers);
  return { ...view, propertiesBuffer: changed, propertiesStart: 0, propertiesEnd: changed.length };
}

function readersHeaders(stored: FieldTable, reading: Reading): FieldTable {
  const headers = new Map<string, FieldValue>(stored);
  if (reading.hidesBlindCopies) headers.delete('BCC');
  if (reading.deliveryCount > 0) headers.set('x-delivery-count', int64(reading.deliveryCount));
  if (reading.acquiredCount > 0) headers.set('x-acquired-count', int64(reading.acquiredCount));
  return headers;
}
