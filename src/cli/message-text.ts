/** Messages for people: a line about each, and the body, which is never trusted with the terminal. */
import { isUtf8 } from 'node:buffer';
import { formatBytes } from '../config/index.js';
import type { MessageRow, StoredMessageRow } from '../operations/index.js';
import { severalLines, singleLine } from './text.js';

/** The body as text, or what can be said of one that is none. */
export function bodyText(body: Buffer): string {
  if (isUtf8(body)) return severalLines(body.toString('utf8'));
  return `(${formatBytes(body.length)} that are not text; in base64: ${body.toString('base64')})`;
}

function propertiesText(properties: MessageRow['properties']): string {
  return Object.entries(properties)
    .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .map(singleLine)
    .join(' ');
}

/** One line about a message that is in a queue. */
export function storedMessageLine(
  message: Omit<StoredMessageRow, 'body' | 'arrivalMs' | 'deliveryCount' | 'dueMs' | 'expiresMs'> &
    Partial<Pick<StoredMessageRow, 'arrivalMs' | 'dueMs'>>,
  bodyBytes: number,
): string {
  const { position, state, redelivered, exchange, routingKey, arrivalMs, dueMs } = message;
  const parts = [
    `#${position}`,
    redelivered ? `${state}, redelivered` : state,
    `exchange '${singleLine(exchange)}', key '${singleLine(routingKey)}'`,
    formatBytes(bodyBytes),
    ...(arrivalMs === undefined ? [] : [new Date(arrivalMs).toISOString()]),
    ...(dueMs === undefined ? [] : [`due ${new Date(dueMs).toISOString()}`]),
    propertiesText(message.properties),
  ];
  return parts.filter((part) => part !== '').join('  ');
}
