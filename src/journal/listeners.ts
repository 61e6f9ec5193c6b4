/** A list of callbacks, called in the order they were added. */
import type { StopListening } from './contract.js';

export class Listeners<Event extends unknown[]> {
  #listeners: readonly ((...event: Event) => void)[] = [];

  add(listener: (...event: Event) => void): StopListening {
    this.#listeners = [...this.#listeners, listener];
    return () => {
      this.#listeners = this.#listeners.filter((other) => other !== listener);
    };
  }

  call(...event: Event): void {
    for (const listener of this.#listeners) listener(...event);
  }
}
