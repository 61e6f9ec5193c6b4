import { describe, expect, it } from 'vitest';
import { FakeClock } from '../kernel/index.js';
import { queueKind } from './catalogue.js';
import { figureOf, SampleFrame, type Sample, type SampleSource } from './sample.js';
import { Sampler, type SampleSink } from './sampler.js';
import { SourceBook } from './source-book.js';
import { startMs } from './testing/measured-world.js';

const nowhere: SampleSink = {
  begin: () => Promise.resolve(true),
  measure: () => undefined,
  tell: () => undefined,
  end: () => Promise.resolve(),
};

describe('Sampler', () => {
  it('runs at every second between start and stop', async () => {
    let observed = 0;
    const told: (() => void)[] = [];
    const source: SampleSource = {
      name: 'test',
      *observe(): Generator<Sample> {
        observed++;
        told.shift()?.();
      },
    };
    const clock = new FakeClock(startMs);
    const sources = new SourceBook(() => undefined);
    sources.add(source, clock.now());
    const sampler = new Sampler({ clock, pause: () => Promise.resolve(), sink: nowhere, sources });
    await sampler.stop();
    sampler.start();
    sampler.start();
    for (let second = 1; second <= 3; second++) {
      const seen = new Promise<void>((resolve) => told.push(resolve));
      clock.advance(clock.nextTimerMs - clock.now());
      await seen;
      // The next timer is set once this measurement has ended.
      while (clock.nextTimerMs === Infinity) await Promise.resolve();
      expect(observed).toBe(second);
    }
    await sampler.stop();
    await sampler.stop();
    clock.advance(10_000);
    expect(observed).toBe(3);
  });
});

describe('a sample', () => {
  it('tells an unknown figure as absence', () => {
    const frame = new SampleFrame(queueKind);
    const sample = { kind: 'queue', labels: [], figures: frame.figures };
    const column = frame.column('sluice_messages_ready');
    expect(figureOf(sample, column)).toBeUndefined();
    frame.figures[column] = 0;
    expect(figureOf(sample, column)).toBe(0);
    frame.clear();
    expect(figureOf(sample, column)).toBeUndefined();
    expect(figureOf(sample, frame.column('no such'))).toBeUndefined();
  });
});
