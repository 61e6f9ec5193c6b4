/**
 * Comes by the dead letters of a queue, in the order in which they came. Invariant: one pass is bounded in messages and
 * time, and what it did not come to is said.
 */
import { decodeProperties, type Broker, type ScannedMessage, type ScanOutcome } from '../../broker/index.js';
import { deathOf, type Death } from './death.js';
import { fingerprintOf, type Fingerprint } from './stack-fingerprint.js';

/** One dead letter that nobody has. All of it is the reader's own but `message`. */
export interface Letter extends Fingerprint {
  readonly position: number;
  readonly arrivalMs: number;
  readonly death: Death;
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

/** Calls `see` with each letter. Rejects with `not-found`. */
export function scanLetters(broker: Broker, { see, ...scan }: LetterScan): Promise<ScanOutcome> {
  const { vhost, queue, ...range } = scan;
  const remembered = new Map<string, Fingerprint>();
  const printOf = (death: Death): Fingerprint => {
    const { reason, source, exception, message, stack } = death;
    const key = JSON.stringify([reason, source, exception, message, stack]);
    let print = remembered.get(key);
    if (print === undefined) {
      if (remembered.size >= rememberedMax) remembered.clear();
      remembered.set(key, (print = fingerprintOf(death)));
    }
    return print;
  };
  return broker.administration.scan(vhost, queue, {
    ...range,
    states,
    see: (message) => {
      const { view, position } = message;
      const death = deathIn(message);
      return see({ ...printOf(death), position, arrivalMs: view.arrivalMs, death, message });
    },
  });
}

function deathIn({ view }: ScannedMessage): Death {
  const properties = decodeProperties(view.propertiesBuffer, view.propertiesStart, view.propertiesEnd);
  return deathOf(properties, () =>
    view.large === undefined ? view.bodyBuffer.subarray(view.bodyStart, view.bodyEnd) : undefined,
  );
}
