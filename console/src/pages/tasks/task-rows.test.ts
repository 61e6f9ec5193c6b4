import { describe, expect, it } from 'vitest';
import { endedCount, sortedRows, taskRows } from './task-rows.ts';

const figures = (completed: number) => [
  {
    labels: { engine: 'embedded', task: 'charge' },
    figures: { sluice_task_completed_total: completed, sluice_task_failed_total: 2, sluice_task_running: 3 },
  },
];
const queues = [
  { task: 'charge', queue: 'sluice.tasks.charge', waiting: 5, running: 9, dead: 2 },
  { queue: 'billing', waiting: 0 },
];

describe('the list of task types', () => {
  it('brings queues and figures together, and leaves what is unknown unknown', () => {
    const before = endedCount(figures(10), 1_000);
    const now = endedCount(figures(30), 3_000);
    const rows = taskRows(queues, figures(30), new Map([['sluice.tasks.charge', 4]]), now, before);
    expect(rows).toMatchObject([
      { task: 'charge', waiting: 5, running: 3, dead: 2, ended: 10, capacity: 0.75, response: undefined },
      { task: 'billing', waiting: 0, running: undefined, ended: undefined, capacity: undefined },
    ]);
  });

  it('tells no rate from one count, nor when a counter began anew', () => {
    const now = endedCount(figures(5), 3_000);
    expect(taskRows(queues, figures(5), new Map(), now, undefined)[0]!.ended).toBeUndefined();
    expect(
      taskRows(queues, figures(5), new Map(), now, endedCount(figures(9), 1_000))[0]!.ended,
    ).toBeUndefined();
  });

  it('sorts by any column, with the unknown last either way', () => {
    const now = endedCount([], 0);
    const rows = taskRows(
      [...queues, { task: 'mail', queue: 'm', running: 1 }],
      [],
      new Map(),
      now,
      undefined,
    );
    const names = (sort: string) => sortedRows(rows, sort).map(({ task }) => task);
    expect(names('running')).toEqual(['mail', 'charge', 'billing']);
    expect(names('-running')).toEqual(['charge', 'mail', 'billing']);
    expect(names('nonsense')).toEqual(['billing', 'charge', 'mail']);
  });
});
