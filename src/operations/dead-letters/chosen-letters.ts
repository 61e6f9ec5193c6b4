/**
 * The letters that a redrive is about, some at a time, ready to be sent. Invariant: a letter that comes in after the
 * redrive began is not of it, so that what fails again at once is not sent in a circle.
 */
import type { Broker } from '../../broker/index.js';
import { scanLetters, type Letter } from './letters.js';
import type { RedriveRequest } from './redrive-request.js';

/** A letter that is meant, with what it takes to send it. */
export interface ChosenLetter extends Pick<Letter, 'position' | 'death' | 'properties'> {
  /** Undefined: unknown. */
  readonly target: string | undefined;
  readonly bytes: number;
}

/** Letters together, before others have a turn. */
const batchLetters = 256;
const elapsedMsMax = 2_000;

export class ChosenLetters {
  readonly #broker: Broker;
  readonly #request: RedriveRequest;
  readonly #positions: number[] | undefined;
  #next: number | undefined = 0;
  #until: number | undefined = undefined;
  /** Letters that were looked at. */
  seen = 0;

  constructor(broker: Broker, request: RedriveRequest) {
    this.#broker = broker;
    this.#request = request;
    const { positions } = request;
    if (positions !== undefined) this.#positions = [...new Set(positions)].sort((a, b) => a - b);
  }

  /** The next ones, which may be none; undefined: there are no more. */
  async next(signal?: AbortSignal): Promise<readonly ChosenLetter[] | undefined> {
    const chosen: ChosenLetter[] = [];
    if (this.#positions !== undefined) return this.#named(this.#positions, chosen, signal);
    if (this.#next === undefined) return undefined;
    const outcome = await this.#scan(this.#next, this.#until, Infinity, chosen, signal);
    this.#next = outcome.next;
    this.#until = outcome.until;
    return chosen;
  }

  async #named(
    positions: number[],
    chosen: ChosenLetter[],
    signal: AbortSignal | undefined,
  ): Promise<readonly ChosenLetter[] | undefined> {
    if (positions.length === 0) return undefined;
    for (const position of positions.splice(0, batchLetters))
      await this.#scan(position, position + 1, 1, chosen, signal);
    return chosen;
  }

  async #scan(
    from: number,
    until: number | undefined,
    messagesMax: number,
    chosen: ChosenLetter[],
    signal: AbortSignal | undefined,
  ): Promise<{ readonly next: number | undefined; readonly until: number }> {
    const { vhost, queue } = this.#request;
    return scanLetters(this.#broker, {
      ...{ vhost, queue, from, until, messagesMax, elapsedMsMax, signal },
      see: (letter) => {
        this.seen++;
        if (isMeant(letter, this.#request)) chosen.push(this.#chosen(letter));
        return chosen.length < batchLetters;
      },
    });
  }

  #chosen({ position, death, properties, message }: Letter): ChosenLetter {
    const target = this.#request.to ?? death.origin;
    return { position, death, properties, target, bytes: message.bodyBytes };
  }
}

function isMeant({ fingerprint, death }: Letter, request: RedriveRequest): boolean {
  const { group, failedIn, reason, messageId } = request;
  if (group !== undefined && fingerprint !== group) return false;
  if (failedIn !== undefined && (death.source ?? death.origin) !== failedIn) return false;
  if (messageId !== undefined && death.messageId !== messageId) return false;
  if (reason === undefined) return true;
  return [death.reason, death.exception, death.message].some((text) => text?.includes(reason) === true);
}
