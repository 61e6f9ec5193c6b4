import { describe, expect, it } from 'vitest';
import { ServerClock } from './clock.ts';

const nowMs = Date.UTC(2026, 10, 23, 12);

function heard(aheadMs: number): number {
  const clock = new ServerClock(() => nowMs);
  clock.hear(new Date(nowMs + aheadMs).toUTCString());
  return clock.nowMs() - nowMs;
}

describe('the server clock', () => {
  it('follows a server that is minutes ahead or behind', () => {
    expect(heard(600_000)).toBe(600_000);
    expect(heard(-600_000)).toBe(-600_000);
  });

  it('takes what whole seconds and a slow answer explain for no difference', () => {
    expect(heard(-4_000)).toBe(0);
    expect(heard(1_000)).toBe(0);
  });

  it('learns nothing from an answer without a date, and forgets a difference that is gone', () => {
    const clock = new ServerClock(() => nowMs);
    clock.hear(new Date(nowMs + 60_000).toUTCString());
    for (const date of [null, 'soon']) clock.hear(date);
    expect(clock.nowMs() - nowMs).toBe(60_000);
    clock.hear(new Date(nowMs).toUTCString());
    expect(clock.nowMs()).toBe(nowMs);
  });
});
