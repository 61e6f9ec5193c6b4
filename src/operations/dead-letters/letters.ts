/**
 * Comes by the dead letters of a queue, in the order in which they came. Invariant: one pass is bounded in messages and
 * time, and what it did not come to is said.
 */
import {
  decodeProperties,
  type Broker,
  type ContentProperties,
  type ScannedMessage,
  type ScanOutcome,
} from '../../broker/index.js';
import { deathOf, type Death } from './death.js';
import { fingerprintOf, type Fingerprint } from './stack-fingerprint.js';

/** One dead letter that nobody has. All of it is the reader's own but `message`. */
export interface Letter extends Fingerprint {
  readonly position: number;
  readonly arrivalMs: number;
  readonly death: Death;
  readonly properties: ContentProperties;
  /** Good for the call alone. */
  readonly message: ScannedMessage;
}

export interface LetterScan {
  readonly vhost: string;
  readonly queue: string;
  /** The first position to look at. */
  readonly from: number;
  readonly until?: number | undefined;
  readonly messagesMax: number;
  readonly elapsedMsMax: number;
  readonly signal?: AbortSignal | undefined;
  /** False: enough. */
  readonly see: (letter: Letter) => boolean;
}

/** What clients hold is not a dead letter to be sent on now. */
const states = new Set(['ready', 'delayed', 'gated', 'held'] as const);

/** Failures of one kind come in rows: their fingerprint is made once. */
const rememberedMax = 256;

/** What a fingerprint is made of. */
const tellers = ['reason', 'source', 'exception', 'message', 'stack'] as const;

/** Calls `see` with each letter. Rejects with `not-found`. */
export function scanLetters(broker: Broker, { see, ...scan }: LetterScan): Promise<ScanOutcome> {
  const { vhost, queue, ...range } = scan;
  const remembered = new Map<string, Fingerprint>();
  let last: { readonly death: Death; readonly print: Fingerprint } | undefined;
  const printOf = (death: Death): Fingerprint => {
    if (last !== undefined && isSameFailure(last.death, death)) return last.print;
    const key = JSON.stringify(tellers.map((name) => death[name]));
    let print = remembered.get(key);
    if (print === undefined) {
      if (remembered.size >= rememberedMax) remembered.clear();
      remembered.set(key, (print = fingerprintOf(death)));
    }
    last = { death, print };
    return print;
  };
  return broker.administration.scan(vhost, queue, {
    ...range,
    states,
    see: (message) => {
      const { view, position } = message;
      const { arrivalMs, propertiesBuffer, propertiesStart, propertiesEnd } = view;
      const properties = decodeProperties(propertiesBuffer, propertiesStart, propertiesEnd);
      const death = deathOf(properties, () => smallBodyOf(view));
      const { fingerprint, words, frames } = printOf(death);
      return see({ fingerprint, words, frames, position, arrivalMs, death, properties, message });
    },
  });
}

function isSameFailure(one: Death, other: Death): boolean {
  return tellers.every((name) => one[name] === other[name]);
}

function smallBodyOf(view: ScannedMessage['view']): Buffer | undefined {
  return view.large === undefined ? view.bodyBuffer.subarray(view.bodyStart, view.bodyEnd) : undefined;
}
