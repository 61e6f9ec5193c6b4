/**
 * One request: what was published to the reserved exchange `sluice`. Invariant: its body is valid only during the
 * call that it is handed over by; whoever keeps it copies it. docs/formats/requests.md tells the format.
 */
import { integerOf, type BrokerChannel, type FieldTable, type FieldValue } from '../../../broker/index.js';
import { SluiceError } from '../../../kernel/index.js';
import type { Rights } from '../rights.js';
import type { ChunkStore } from '../streamed-body.js';
import type { WatchBook } from './watch-book.js';

/** What operations need of the channel that a request came by. */
export interface RequestScope {
  readonly broker: BrokerChannel;
  readonly rights: Rights;
  /** Where large bodies go. */
  readonly chunks: ChunkStore;
  /** What the channel watches; it ends with the channel. */
  readonly watches: WatchBook;
}

/** What became of a request. */
export interface RequestOutcome {
  /** A word that programs compare: `ok` unless said otherwise in docs/formats/requests.md. */
  readonly status: string;
  readonly headers?: Readonly<Record<string, FieldValue | undefined>>;
  readonly body?: Buffer;
  /** The sequence to wait for before anybody is told; 0: none. */
  readonly sequence: number;
  /** True when nothing was done because the world is not as the request expects. */
  readonly isConflict?: boolean;
}

/**
 * Serves one kind of request. It answers once, before it returns or later; `deferred` instead: the commit of the
 * channel's transaction answers. Throws a `SluiceError` for what is refused.
 */
export type Operation = (
  scope: RequestScope,
  request: Request,
  answer: (outcome: RequestOutcome) => void,
) => 'deferred' | undefined;

export class Request {
  readonly headers: FieldTable;
  readonly body: Buffer;
  /** Sends a message to whoever made the request, once `sequence` is durable. */
  readonly tell: (outcome: RequestOutcome) => void;

  constructor(headers: FieldTable, body: Buffer, tell: (outcome: RequestOutcome) => void) {
    this.headers = headers;
    this.body = body;
    this.tell = tell;
  }

  /** The text of a header; throws `bad-input` where it is missing or something else. */
  text(name: string): string {
    const value = this.headers.get(name);
    if (typeof value === 'string') return value;
    throw new SluiceError('bad-input', `the header '${name}' is a text, and needed`);
  }

  optionalText(name: string): string | undefined {
    return this.headers.get(name) === undefined ? undefined : this.text(name);
  }

  /** A header that is a whole number, as such or in decimal digits. */
  optionalInteger(name: string): number | undefined {
    const value = this.headers.get(name);
    if (value === undefined) return undefined;
    const number = typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : integerOf(value);
    if (typeof number === 'number' && Number.isSafeInteger(number)) return number;
    throw new SluiceError('bad-input', `the header '${name}' is a whole number`);
  }

  integer(name: string): number {
    const value = this.optionalInteger(name);
    if (value !== undefined) return value;
    throw new SluiceError('bad-input', `the header '${name}' is a whole number, and needed`);
  }
}
