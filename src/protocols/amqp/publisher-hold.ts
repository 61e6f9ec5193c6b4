/**
 * When publishers must wait: while an alarm is raised, or more is unsynced than the broker wants. Invariant: a
 * connection is held only after it published during such a time, so consumers are never slowed.
 */
import type { Alarm, BrokerFace } from '../../broker/index.js';

/** A connection that can be held. */
export interface Holdable {
  /** The reasons changed: held connections tell their client, or go on. */
  holdChanged(): void;
}

export class PublisherHold {
  readonly #broker: BrokerFace;
  readonly #held = new Set<Holdable>();
  #stops: (() => void)[] = [];
  #active = false;

  constructor(broker: BrokerFace) {
    this.#broker = broker;
  }

  /** Whether whoever publishes now is to be held. */
  get active(): boolean {
    return this.#active;
  }

  /** The reason to tell clients, in RabbitMQ's words; `undefined` while there is no alarm. */
  get alarmReason(): string | undefined {
    return reasonOf(this.#broker.alarms);
  }

  start(): void {
    if (this.#stops.length > 0) return;
    const changed = (): void => {
      this.#changed();
    };
    this.#stops = [this.#broker.onAlarm(changed), this.#broker.onPressure(changed)];
    this.#changed();
  }

  stop(): void {
    for (const stop of this.#stops) stop();
    this.#stops = [];
  }

  add(connection: Holdable): void {
    this.#held.add(connection);
  }

  remove(connection: Holdable): void {
    this.#held.delete(connection);
  }

  #changed(): void {
    this.#active = this.#broker.pressure || this.#broker.alarms.size > 0;
    for (const connection of [...this.#held]) connection.holdChanged();
  }
}

function reasonOf(alarms: ReadonlySet<Alarm>): string | undefined {
  if (alarms.size === 0) return undefined;
  return `low on ${[...alarms].sort().reverse().join(' & ')}`;
}
