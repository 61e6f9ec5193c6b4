/** A notifier on a simulated disk and clock, and what it told. */
import { FakeClock, seededRandom, SimulatedDisk } from '../../../kernel/index.js';
import type { IncidentEvent } from '../../types.js';
import { openNotifier } from '../open-notifier.js';
import type { Notifier } from '../notifier.js';
import type { ReceiverState } from '../receiver-state.js';
import { notifySettings } from '../settings.js';
import { startMs } from './incident-fixture.js';

export class NotifierWorld {
  readonly clock = new FakeClock(startMs);
  readonly disk = new SimulatedDisk({ random: seededRandom(1) });
  readonly told: (IncidentEvent & { readonly incident: string })[] = [];
  readonly log: string[] = [];
  readonly changes: ReceiverState[] = [];
  readonly gone: string[] = [];
  readonly #waiting: { readonly test: () => boolean; readonly resolve: () => void }[] = [];

  /** A notifier as after a start of the program; it is not started. */
  async open(settings: unknown, environment: Record<string, string> = {}): Promise<Notifier> {
    const notifier = await openNotifier({
      settings: notifySettings.parse(settings),
      ...{ directory: '/data', disk: this.disk, clock: this.clock, random: seededRandom(2), environment },
      ...{ version: '1.2.3', source: 'test' },
      log: (event, facts) => {
        this.log.push(`${event} ${JSON.stringify(facts)}`);
        this.#look();
      },
    });
    notifier.listen({
      told: (incident, event) => {
        this.told.push({ incident, ...event });
        this.#look();
      },
      receiverChanged: (state) => {
        this.changes.push(state);
        this.#look();
      },
      receiverGone: (name) => {
        this.gone.push(name);
        this.#look();
      },
    });
    return notifier;
  }

  /** Resolves when `test` holds after something was told. */
  until(test: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push({ test, resolve });
      this.#look();
    });
  }

  #look(): void {
    for (const { test, resolve } of this.#waiting) if (test()) resolve();
  }
}
