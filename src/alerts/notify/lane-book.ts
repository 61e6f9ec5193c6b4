/**
 * The lanes of all receivers, as the settings in force say. Invariant: other settings are looked at whole before any
 * lane changes, and a receiver that stays keeps what waits for it.
 */
import type { Delivery, Lane } from './lane.js';
import type { NotifySettings, ReceiverSettings } from './settings.js';

/** Settings that were looked at whole. */
export interface PreparedChange {
  /** Puts them in force at once. Resolves when what they end has ended. */
  apply(): Promise<void>;
}

export interface LaneBookOptions {
  /** Looks up everything that receivers need. Rejects with `config-invalid`. */
  readonly open: (settings: NotifySettings) => Promise<ReadonlyMap<string, Delivery>>;
  readonly makeLane: (name: string, delivery: Delivery) => Lane;
  /** Told of a receiver that is gone from the settings. */
  readonly gone: (lane: Lane) => void;
}

/** Why notifications to a receiver end that the settings do not name. */
export const noSuchReceiver = 'there is no such receiver any more';

export class LaneBook {
  readonly #options: LaneBookOptions;
  #lanes: ReadonlyMap<string, Lane> = new Map();
  #receivers: Readonly<Record<string, ReceiverSettings>> = {};
  #isRunning = false;

  constructor(options: LaneBookOptions) {
    this.#options = options;
  }

  /** In the order of the settings. */
  all(): readonly Lane[] {
    return [...this.#lanes.values()];
  }

  get(name: string): Lane | undefined {
    return this.#lanes.get(name);
  }

  /** Rejects with `config-invalid` where a secret or an address is not there; nothing changes before `apply`. */
  async prepare(settings: NotifySettings): Promise<PreparedChange> {
    const deliveries = await this.#options.open(settings);
    return { apply: () => this.#apply(settings.receivers, deliveries) };
  }

  start(): void {
    this.#isRunning = true;
    for (const lane of this.all()) lane.start();
  }

  /** What is under way may end within a second. Safe before `start` and twice. */
  async stop(): Promise<void> {
    this.#isRunning = false;
    await Promise.all(this.all().map((lane) => lane.stop()));
  }

  async #apply(
    receivers: NotifySettings['receivers'],
    deliveries: ReadonlyMap<string, Delivery>,
  ): Promise<void> {
    const [before, settingsBefore] = [this.#lanes, this.#receivers];
    const isChanged = (name: string): boolean =>
      JSON.stringify(settingsBefore[name]) !== JSON.stringify(receivers[name]);
    this.#receivers = receivers;
    this.#lanes = new Map(
      [...deliveries].map(([name, delivery]) => [name, before.get(name) ?? this.#added(name, delivery)]),
    );
    // A secret may have changed where the settings have not.
    for (const [name, delivery] of deliveries) before.get(name)?.configure(delivery);
    for (const [name, lane] of before) if (this.#lanes.has(name) && isChanged(name)) lane.retryNow();
    const removed = [...before.values()].filter(({ state: { name } }) => !this.#lanes.has(name));
    for (const lane of removed) this.#options.gone(lane);
    await Promise.all(removed.map((lane) => lane.retire(noSuchReceiver)));
  }

  #added(name: string, delivery: Delivery): Lane {
    const lane = this.#options.makeLane(name, delivery);
    if (this.#isRunning) lane.start();
    return lane;
  }
}
