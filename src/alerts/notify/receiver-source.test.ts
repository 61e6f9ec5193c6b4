import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../kernel/index.js';
import { afterFailure, afterSuccess, counted, newReceiverState } from './receiver-state.js';
import { ReceiverSource } from './receiver-source.js';

describe('receivers as samples', () => {
  it('are unknown until they were tried, and broken after failures in a row', () => {
    const clock = new FakeClock(100_000);
    let state = newReceiverState('ops', 'slack');
    const source = new ReceiverSource(() => [state], clock);
    const read = (): unknown[] =>
      [...source.observe()].slice(0, 1).flatMap(({ labels, figures }) => [...labels, ...figures]);
    expect(read()).toEqual(['ops', NaN, 0, 0, 0]);
    for (let count = 0; count < 3; count++) state = afterFailure(state, 'away', false, 1);
    state = { ...state, waiting: 2, oldestMs: 40_000 };
    expect(read()).toEqual(['ops', 1, 2, 60, 3]);
    state = afterSuccess(state, 2);
    expect(read()).toEqual(['ops', 0, 2, 60, 3]);
  });

  it('count what became of notifications', () => {
    const state = counted(counted(newReceiverState('ops', 'slack'), 'delivered'), 'refused');
    const source = new ReceiverSource(() => [state], new FakeClock());
    const counts = new Map<string, number>();
    for (const { kind, labels, figures } of source.observe()) {
      if (kind === 'notification') counts.set(labels.join(' '), figures[0]!);
    }
    expect([...counts]).toEqual([
      ['ops delivered', 1],
      ['ops refused', 1],
      ['ops expired', 0],
      ['ops dropped', 0],
    ]);
  });
});
