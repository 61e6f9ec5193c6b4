/**
 * Keeps those who write waiting while the broker asks publishers to: a full disk, full memory, too much unsynced.
 * Invariant: who waits goes on in the order of coming.
 */
import type { BrokerFace } from '../../broker/index.js';
import type { SluiceError } from '../../kernel/index.js';

interface Waiter {
  readonly resolve: () => void;
  readonly reject: (error: SluiceError) => void;
}

export class Turnstile {
  readonly #broker: Pick<BrokerFace, 'alarms' | 'pressure' | 'onAlarm' | 'onPressure'>;
  #waiters: Waiter[] = [];
  readonly #stopListening: readonly (() => void)[];

  constructor(broker: Pick<BrokerFace, 'alarms' | 'pressure' | 'onAlarm' | 'onPressure'>) {
    this.#broker = broker;
    const open = (): void => {
      if (this.isOpen) for (const { resolve } of this.#waiters.splice(0)) resolve();
    };
    this.#stopListening = [broker.onAlarm(open), broker.onPressure(open)];
  }

  get isOpen(): boolean {
    return !this.#broker.pressure && this.#broker.alarms.size === 0;
  }

  /** Resolves when writing may go on. */
  async pass(): Promise<void> {
    while (!this.isOpen) {
      await new Promise<void>((resolve, reject) => {
        this.#waiters.push({ resolve, reject });
      });
    }
  }

  /** Refuses who still waits. */
  close(error: SluiceError): void {
    for (const stop of this.#stopListening) stop();
    for (const { reject } of this.#waiters.splice(0)) reject(error);
  }
}
