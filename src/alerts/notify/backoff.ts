/** When a notification is tried again: exponential with jitter, or as the service asks. Pure. */
import type { Random } from '../../kernel/index.js';

const firstMs = 1_000;
const longestMs = 300_000;
/** A service that asks for more is asked again then. */
const askedMsMax = 3_600_000;

/** Milliseconds until the next attempt after `failures` in a row, from half of the step to all of it. */
export function nextAttemptMs(failures: number, askedMs: number | undefined, random: Random): number {
  const stepMs = Math.min(longestMs, firstMs * 2 ** Math.min(Math.max(failures - 1, 0), 20));
  const ownMs = stepMs * (0.5 + random.next() / 2);
  return Math.round(Math.max(ownMs, Math.min(askedMs ?? 0, askedMsMax)));
}

/** `Retry-After` as milliseconds: seconds, or a date (RFC 9110, section 10.2.3). Undefined: neither. */
export function retryAfterMs(header: string | string[] | undefined, nowMs: number): number | undefined {
  const text = typeof header === 'string' ? header.trim() : '';
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1_000;
  const dateMs = Date.parse(text);
  return Number.isNaN(dateMs) ? undefined : Math.max(0, dateMs - nowMs);
}
