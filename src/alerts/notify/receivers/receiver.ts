/** What a receiver is to whoever delivers: it takes one notification at a time and says what became of it. */
import type { Clock } from '../../../kernel/index.js';
import type { AddressPolicy } from '../address-policy.js';
import { retryAfterMs } from '../backoff.js';
import type { Notice, NoticeReason } from '../notice.js';
import type { Post, PostAnswer } from '../post.js';
import type { RateLimit } from '../rate-limit.js';

/** What became of an attempt. Reasons are for people, and may still hold secrets. */
export type SendOutcome =
  | { readonly kind: 'delivered' }
  /** Trying again may help. */
  | { readonly kind: 'failed'; readonly reason: string; readonly afterMs?: number | undefined }
  /** Trying the same again cannot help. */
  | { readonly kind: 'refused'; readonly reason: string };

export interface Receiver {
  /** What the service allows. */
  readonly limits: readonly RateLimit[];
  /** How often alerts that still fire are told again; undefined: once is enough. */
  readonly refreshMs?: number;
  /** Whether it wants notifications of this reason. */
  takes(reason: NoticeReason): boolean;
  /** Rejects with the system's error where the receiver could not be reached. */
  send(notice: Notice, signal: AbortSignal): Promise<SendOutcome>;
}

/** What receivers are made with. */
export interface ReceiverTools {
  readonly clock: Clock;
  readonly post: Post;
  /** For connections that are no POST. */
  readonly policy: AddressPolicy;
  /** Which Sluice sends: `sluice@host`. */
  readonly source: string;
  /** Where the console is; undefined: no links. */
  readonly link: string | undefined;
  readonly timezone: string;
}

/** People want everything but what only machines can use. */
export function forPeople(reason: NoticeReason): boolean {
  return reason !== 'changed';
}

const shownLengthMax = 200;

/** What a service said, cut for a line. */
export function shown(answer: string): string {
  const line = answer.replaceAll(/\s+/g, ' ').trim();
  return line.length > shownLengthMax ? `${line.slice(0, shownLengthMax)}…` : line;
}

/** The outcome that a status of HTTP is; undefined: delivered, as far as the status says. */
export function failureOf({ status, headers, body }: PostAnswer, clock: Clock): SendOutcome | undefined {
  if (status >= 200 && status < 300) return undefined;
  const reason = `it answered ${status}: ${shown(body)}`;
  if (status >= 300 && status < 400) {
    return { kind: 'refused', reason: `it answered ${status}, and redirects are not followed` };
  }
  const isPassing = status >= 500 || status === 408 || status === 425 || status === 429;
  if (!isPassing) return { kind: 'refused', reason };
  return { kind: 'failed', reason, afterMs: retryAfterMs(headers['retry-after'], clock.now()) };
}

/** What a service's JSON holds; undefined: it is none. */
export function jsonOf(body: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
