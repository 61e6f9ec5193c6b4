import { describe, expect, it } from 'vitest';
import { ToldFigures } from '../../testing/told-figures.js';
import { Diagnosis } from '../diagnosis.js';

const start = 1_700_000_000;
const orders = ['embedded', '/', 'orders'] as const;

interface Consumer {
  readonly name: string;
  acknowledged: number;
  /** What it does in a second. */
  perSecond: number;
  held: number;
  oldestSeconds: number;
}

/** A queue whose consumers do, each second, what they are told. */
class Crew {
  readonly figures = new ToldFigures();
  readonly diagnosis = new Diagnosis();
  #second = start;
  #named = 0;
  #published = 0;
  #processed = { count: 0, seconds: 0 };
  crew: Consumer[] = [];
  /** Seconds for each message, and the share of consumers that is free. */
  taking = 0.2;
  free = 0.5;

  hire(count: number, perSecond: number): void {
    for (const { name } of this.crew) this.figures.forget('consumer', [...orders, name]);
    this.crew = Array.from({ length: count }, () => {
      const name = `worker-${++this.#named}`;
      return { name, acknowledged: 0, perSecond, held: 1, oldestSeconds: 0.1 };
    });
  }

  run(seconds: number): void {
    for (let each = 0; each < seconds; each++) this.#step();
  }

  #step(): void {
    for (const consumer of this.crew) {
      consumer.acknowledged += consumer.perSecond;
      this.#published += consumer.perSecond;
      this.#processed.count += consumer.perSecond;
      this.#processed.seconds += consumer.perSecond * this.taking;
      this.figures.tell('consumer', [...orders, consumer.name], {
        sluice_consumer_messages_acknowledged_total: consumer.acknowledged,
        sluice_consumer_unacknowledged_messages: consumer.held,
        sluice_consumer_oldest_unacknowledged_age_seconds: consumer.oldestSeconds,
      });
    }
    this.figures.tell('queue', orders, {
      sluice_messages_published_total: this.#published,
      sluice_messages_acknowledged_total: this.#published,
      sluice_messages_ready: 0,
      sluice_messages_unacknowledged: this.crew.length,
      sluice_consumers: this.crew.length,
      sluice_consumer_capacity_ratio: this.free,
      sluice_message_processing_seconds_count: this.#processed.count,
      sluice_message_processing_seconds_sum: this.#processed.seconds,
    });
    this.diagnosis.observe(this.figures, ++this.#second);
  }

  get suspected(): readonly string[] {
    return this.diagnosis.suspicions.map(({ signature }) => signature);
  }
}

/** Four workers with 5 messages a second each, for five minutes. */
function wellCrew(perSecond = 5): Crew {
  const crew = new Crew();
  crew.hire(4, perSecond);
  crew.run(300);
  expect(crew.suspected).toEqual([]);
  return crew;
}

describe('processing-regression', () => {
  it('is named within 25 seconds of a release that takes longer, though all keep up', () => {
    const crew = wellCrew();
    crew.hire(4, 5);
    crew.taking = 0.4;
    crew.run(25);
    expect(crew.suspected).toEqual(['processing-regression']);
  });

  it('is not named of new consumers that are as fast, nor of old ones that take longer', () => {
    const crew = wellCrew();
    crew.hire(4, 5);
    crew.run(60);
    expect(crew.suspected).toEqual([]);
    const old = wellCrew();
    old.taking = 0.4;
    old.run(60);
    expect(old.suspected).not.toContain('processing-regression');
  });

  it('is not named of a few messages that took longer by chance', () => {
    const thin = wellCrew(0.3);
    thin.hire(4, 0.3);
    thin.taking = 0.32;
    thin.run(60);
    expect(thin.suspected).toEqual([]);
  });

  it('is not named of new consumers that work off what gathered while there were none', () => {
    const crew = wellCrew();
    crew.hire(4, 8);
    Object.assign(crew, { taking: 0.5, free: 0 });
    crew.run(10);
    for (const consumer of crew.crew) consumer.perSecond = 5;
    Object.assign(crew, { taking: 0.25, free: 0.5 });
    crew.run(30);
    expect(crew.suspected).toEqual([]);
  });

  it('is named of one consumer that is slow with every message', () => {
    const crew = wellCrew();
    Object.assign(crew.crew[0]!, { perSecond: 1, oldestSeconds: 0.8 });
    crew.taking = 0.3;
    crew.run(25);
    expect(crew.suspected).toEqual(['processing-regression']);
    const [cause] = crew.diagnosis.diagnose();
    expect(cause!.remedies.map(({ parameters }) => parameters['consumer'])).toContain('worker-1');
  });

  it('is not named of one consumer that is held up by single long messages', () => {
    const crew = wellCrew();
    Object.assign(crew.crew[0]!, { perSecond: 1, oldestSeconds: 12 });
    crew.taking = 0.3;
    crew.run(25);
    expect(crew.suspected).toEqual([]);
  });
});
