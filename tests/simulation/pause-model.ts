/** Which queues are paused, through crashes. Invariant: what stands is what the journal held when the broker began. */
interface Pause {
  readonly isPaused: boolean;
  readonly sequence: number;
}

export class PauseModel {
  readonly #pauses = new Map<string, Pause[]>();

  isPaused(queue: string): boolean {
    return this.#pauses.get(queue)?.at(-1)?.isPaused === true;
  }

  /** A queue was paused or resumed, as of `sequence`. */
  set(queue: string, isPaused: boolean, sequence: number): void {
    this.#pauses.set(queue, [...(this.#pauses.get(queue) ?? []), { isPaused, sequence }]);
  }

  /** The broker has begun again with what the journal held up to `lastSequence`. */
  recovered(lastSequence: number): void {
    for (const [queue, pauses] of this.#pauses)
      this.#pauses.set(
        queue,
        pauses.filter(({ sequence }) => sequence <= lastSequence),
      );
  }
}
