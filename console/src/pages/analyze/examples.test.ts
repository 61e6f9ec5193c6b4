import { expect, it } from 'vitest';
import { durationText, measuredOf, measuredSet } from './examples.ts';

it('makes a task set of what was measured, and leaves out what is unknown', () => {
  const figure = (task: string, seconds?: number) => ({
    labels: { task },
    figures: (seconds === undefined ? {} : { sluice_task_processing_seconds_p95: seconds }) as Readonly<
      Record<string, number>
    >,
  });
  const rates = new Map([
    ['charge', 3],
    ['idle', 0],
    ['new', 1],
  ]);
  const measured = measuredOf(
    [figure('charge', 0.0401), figure('idle', 1), figure('new'), figure('x', 1)],
    rates,
  );
  expect(measured).toEqual([{ task: 'charge', costSeconds: 0.0401, perSecond: 3 }]);
  const { rows, workers, learned } = measuredSet(measured, 0);
  expect(rows[0]).toMatchObject({ name: 'charge', cost: '41ms', period: '333ms', deadline: '' });
  expect({ workers, learned }).toEqual({ workers: 1, learned: true });
});

it('rounds costs up and periods down', () => {
  expect(durationText(0.0012341, Math.ceil)).toBe('1235us');
  expect(durationText(0.0012341, Math.floor)).toBe('1234us');
  expect(durationText(2.0001, Math.ceil)).toBe('2001ms');
});
