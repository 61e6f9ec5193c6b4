import { describe, expect, it } from 'vitest';
import { ToldFigures } from '../testing/told-figures.js';
import { Diagnosis } from './diagnosis.js';

const start = 1_700_000_000;
const orders = ['embedded', '/', 'orders'] as const;
const subject = { kind: 'queue', labels: { engine: 'embedded', vhost: '/', queue: 'orders' } };

/** A queue through which 10 messages a second go, by four consumers. */
class World {
  readonly figures = new ToldFigures();
  readonly diagnosis = new Diagnosis();
  second = start;
  published = 0;
  acknowledged = 0;
  ready = 0;
  consumers = 4;

  run(seconds: number, arrivals: number, done: number): void {
    for (let each = 0; each < seconds; each++) {
      this.published += arrivals;
      this.acknowledged += done;
      this.ready = Math.max(0, this.ready + arrivals - done);
      this.figures.tell('queue', orders, {
        sluice_messages_published_total: this.published,
        sluice_messages_delivered_total: this.acknowledged,
        sluice_messages_acknowledged_total: this.acknowledged,
        sluice_messages_ready: this.ready,
        sluice_consumers: this.consumers,
        sluice_messages_unacknowledged: this.consumers,
      });
      this.diagnosis.observe(this.figures, ++this.second);
    }
  }

  get first(): string | undefined {
    return this.diagnosis.diagnose()[0]?.signature;
  }
}

describe('diagnosis', () => {
  it('suspects nothing of a queue that is well', () => {
    const world = new World();
    world.run(600, 10, 10);
    expect(world.diagnosis.suspicions).toEqual([]);
    expect(world.diagnosis.diagnose([subject])).toEqual([]);
  });

  it('names consumers that are down within thirty seconds, with evidence and a remedy', () => {
    const world = new World();
    world.run(300, 10, 10);
    world.consumers = 0;
    world.run(30, 10, 0);
    const [cause] = world.diagnosis.diagnose([subject]);
    expect(cause).toMatchObject({ signature: 'consumers-down', subject, score: 1 });
    expect(cause!.explanation).toContain('usually has 4');
    expect(cause!.evidence.map(({ speaks }) => speaks)).toEqual(['for', 'for', 'for', 'for']);
    expect(cause!.evidence[0]!.readings).toContainEqual(
      expect.objectContaining({ series: 'sluice_consumers', value: 0, unit: 'count' }),
    );
    expect(cause!.remedies.map(({ remedy }) => remedy)).toContain('add-workers');
    expect(world.diagnosis.isMended('consumers-down', subject)).toBe(false);
  });

  it('tells slow consumers from overload', () => {
    const slow = new World();
    slow.run(300, 10, 10);
    slow.run(30, 10, 4);
    expect(slow.first).toBe('slow-consumers');
    const flooded = new World();
    flooded.run(300, 10, 10);
    flooded.run(30, 30, 11);
    expect(flooded.first).toBe('overload');
  });

  it('shows what is unknown, and does not count it as missing', () => {
    const world = new World();
    world.run(300, 10, 10);
    world.run(30, 10, 4);
    const [cause] = world.diagnosis.diagnose([subject]);
    const unknown = cause!.evidence.filter(({ speaks }) => speaks === 'unknown');
    expect(unknown.map(({ text }) => text)).toContain('The consumers could hardly take more.');
    for (const { readings } of unknown) expect(readings.some(({ value }) => value === undefined)).toBe(true);
  });

  it('suspects nothing when the samples stop', () => {
    const world = new World();
    world.run(300, 10, 10);
    world.figures.forget('queue', orders);
    for (let each = 0; each < 120; each++) world.diagnosis.observe(world.figures, ++world.second);
    expect(world.diagnosis.suspicions).toEqual([]);
    expect(world.diagnosis.isMended('consumers-down', subject)).toBeUndefined();
  });

  it('names a producer that went silent, and not one that is silent now and then', () => {
    const steady = new World();
    steady.run(400, 10, 10);
    steady.run(30, 0, 0);
    expect(steady.first).toBe('producer-down');
    const bursts = new World();
    for (let each = 0; each < 20; each++) {
      bursts.run(20, 10, 10);
      bursts.run(40, 0, 0);
      expect(bursts.diagnosis.suspicions).toEqual([]);
    }
  });
});
