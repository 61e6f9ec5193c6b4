/** What the API answers about messages that were searched, read, moved and traced. */
import type { MessageWord } from './words.ts';

export interface FoundMessage {
  readonly position: number;
  /** What is left out, an engine beside does not tell. */
  readonly state?: 'ready' | 'unacknowledged' | 'delayed' | 'gated' | 'held';
  readonly redelivered: boolean;
  readonly deliveryCount?: number;
  readonly exchange: string;
  readonly routingKey: string;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly bodyBytes: number;
  /** Base64: a part of it. */
  readonly body: string;
  readonly arrivalMs?: number;
  readonly expiresMs?: number;
  readonly dueMs?: number;
}

/** How far one request came; the next goes on `from: next`. */
export interface Progress {
  readonly lookedAt: number;
  readonly total: number;
  readonly next?: number;
  readonly until: number;
  readonly partly: number;
  readonly undecodable: number;
  readonly unreadable: number;
}

export interface SearchAnswer extends Progress {
  readonly items: readonly FoundMessage[];
  /** Why messages behind those that were looked at cannot be; left out: there are none. */
  readonly stoppedBy?: 'messages' | 'bytes' | 'time' | 'found';
}

/** A message that an engine beside handed out and took back. */
export interface PeekedMessage extends Pick<
  FoundMessage,
  'exchange' | 'routingKey' | 'redelivered' | 'properties' | 'body' | 'bodyBytes'
> {
  /** Messages that were ready behind it; left out: unknown. */
  readonly behind?: number;
}

export interface MoveAnswer extends Progress {
  readonly moved: number;
  readonly movedBytes: number;
  readonly active: number;
  readonly isFull: boolean;
}

interface Party {
  readonly user: string;
  readonly connection: string;
}

export interface TraceEvent {
  readonly kind: string;
  readonly sequence: number;
  readonly atMs?: number;
  readonly fromMs?: number;
  readonly by?: Party | string;
  readonly to?: Party;
  readonly why?: string;
  readonly place?: { readonly queue?: string; readonly position: number };
  readonly routes?: readonly { readonly queue?: string; readonly position: number }[];
}

export interface TraceAnswer {
  readonly lives: readonly { readonly events: readonly TraceEvent[] }[];
  readonly unknown: readonly string[];
}

export const stateWords: Readonly<Record<Exclude<FoundMessage['state'], undefined>, MessageWord>> = {
  ready: 'ready',
  unacknowledged: 'unacknowledged',
  delayed: 'delayed',
  gated: 'gated',
  held: 'held',
};
