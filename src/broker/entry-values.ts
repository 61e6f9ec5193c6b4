/** What a message counts as in a queue: its size, priority, expiry and cost. Pure. */
import { priorityLimit } from '../scheduling/index.js';
import { expiresAtOnce } from './backlog.js';
import { propertyFlags, type PropertyScan } from './content/index.js';
import type { InboundMessage } from './face.js';
import type { QueueSettings } from './queue-settings.js';

/** Bytes of the body, of all chunks together. */
export function bodyBytes(message: InboundMessage): number {
  if (message.chunks === undefined) return message.bodyEnd - message.bodyStart;
  let bytes = 0;
  for (const chunk of message.chunks) bytes += chunk.length;
  return bytes;
}

/** A cost as it is kept: 0 where none is given. */
export function thousandthsOf(costMs: number | undefined): number {
  if (costMs === undefined || !(costMs > 0)) return 0;
  return Math.min(Math.max(1, Math.round(costMs * 1_000)), 0xffff_ffff);
}

/** What a message's priority counts as in its queue. */
export function priorityOf(settings: QueueSettings, scan: PropertyScan): number {
  const { levels, priorityMax = priorityLimit } = settings;
  if (levels === undefined) return Math.min(scan.priority, priorityMax);
  return (scan.flags & propertyFlags.priority) === 0 ? levels.plain : Math.min(scan.priority, levels.max);
}

/** The earlier of the queue's and the message's time to live, from now; 0: never. */
export function expiryOf(ttlMs: number | undefined, expirationMs: number, nowMs: number): number {
  const livesMs = Math.min(expirationMs < 0 ? Infinity : expirationMs, ttlMs ?? Infinity);
  if (livesMs === Infinity) return 0;
  return livesMs === 0 ? expiresAtOnce : nowMs + livesMs;
}
