/** Who is held when, and what it is told. */
import { describe, expect, it } from 'vitest';
import type { Alarm, BrokerFace } from '../../broker/index.js';
import type { Method } from './codec/index.js';
import { HeldPublisher } from './held-publisher.js';
import { PublisherHold } from './publisher-hold.js';

/** The broker's alarms and pressure, at the test's command. */
class BrokerDouble {
  readonly alarms = new Set<Alarm>();
  pressure = false;
  #listeners: (() => void)[] = [];

  onAlarm(listener: () => void): () => void {
    this.#listeners.push(listener);
    return () => (this.#listeners = this.#listeners.filter((other) => other !== listener));
  }

  onPressure(listener: () => void): () => void {
    return this.onAlarm(listener);
  }

  change(change: { pressure?: boolean; alarms?: readonly Alarm[] }): void {
    this.pressure = change.pressure ?? this.pressure;
    if (change.alarms !== undefined) {
      this.alarms.clear();
      for (const alarm of change.alarms) this.alarms.add(alarm);
    }
    for (const listener of this.#listeners) listener();
  }

  get listenerCount(): number {
    return this.#listeners.length;
  }
}

function started(canBeTold = true) {
  const broker = new BrokerDouble();
  const hold = new PublisherHold(broker as unknown as BrokerFace);
  hold.start();
  const told: string[] = [];
  const host = {
    canBeTold,
    isReading: true,
    send: (_channel: number, method: Method) =>
      told.push(method.name === 'connection.blocked' ? `blocked: ${method.reason}` : method.name),
    stopReading: () => (host.isReading = false),
    readOn: () => (host.isReading = true),
    blocked: () => undefined,
  };
  return { broker, hold, told, host, held: new HeldPublisher(hold, host) };
}

describe('holding publishers', () => {
  it('tells of alarms in RabbitMQ’s words, once', () => {
    const { broker, hold, told, host, held } = started();
    broker.change({ alarms: ['memory'] });
    expect(hold.active).toBe(true);
    expect(told).toEqual([]);
    held.begin();
    held.begin();
    expect(told).toEqual(['blocked: low on memory']);
    expect(held.state).toBe('blocked');
    broker.change({ alarms: ['memory', 'disk'] });
    expect(host.isReading).toBe(false);
    broker.change({ alarms: ['disk'] });
    expect(told).toHaveLength(1);
    broker.change({ alarms: [] });
    expect(told).toEqual(['blocked: low on memory', 'connection.unblocked']);
    expect(host.isReading).toBe(true);
    expect(held.state).toBe('running');
  });

  it('says nothing of unsynced bytes, and lets go when they are synced', () => {
    const { broker, told, host, held } = started();
    broker.change({ pressure: true });
    held.begin();
    expect(held.state).toBe('flow');
    expect(host.isReading).toBe(false);
    broker.change({ pressure: false });
    expect(host.isReading).toBe(true);
    expect(told).toEqual([]);
  });

  it('holds on while one reason of two remains, and tells what ended', () => {
    const { broker, told, host, held } = started();
    broker.change({ pressure: true, alarms: ['disk'] });
    held.begin();
    broker.change({ alarms: [] });
    expect(told).toEqual(['blocked: low on disk', 'connection.unblocked']);
    expect(host.isReading).toBe(false);
    broker.change({ alarms: ['disk'] });
    expect(told).toHaveLength(3);
    broker.change({ alarms: [], pressure: false });
    expect(host.isReading).toBe(true);
  });

  it('tells nothing to a client that could not take it', () => {
    const { broker, told, held } = started(false);
    broker.change({ alarms: ['disk'] });
    held.begin();
    broker.change({ alarms: [] });
    expect(told).toEqual([]);
  });

  it('knows both reasons from before it started, and stops listening', () => {
    const broker = new BrokerDouble();
    broker.alarms.add('disk').add('memory');
    const hold = new PublisherHold(broker as unknown as BrokerFace);
    hold.start();
    expect(hold.active).toBe(true);
    expect(hold.alarmReason).toBe('low on memory & disk');
    hold.stop();
    hold.stop();
    expect(broker.listenerCount).toBe(0);
  });
});
