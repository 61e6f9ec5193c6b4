import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { onTick } from './ticks.ts';

const page = Object.assign(new EventTarget(), { hidden: false });

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('document', page);
  page.hidden = false;
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

it('moves all of one period in one turn, and rests when nobody is left', () => {
  const told: string[] = [];
  const stopFirst = onTick(1_000, () => told.push('first'));
  vi.advanceTimersByTime(500);
  const stopSecond = onTick(1_000, () => told.push('second'));
  const stopSlow = onTick(2_000, () => told.push('slow'));
  vi.advanceTimersByTime(500);
  expect(told).toEqual(['first', 'second']);
  stopFirst();
  vi.advanceTimersByTime(1_500);
  expect(told).toEqual(['first', 'second', 'second', 'slow']);
  stopSecond();
  stopSlow();
  expect(vi.getTimerCount()).toBe(0);
});

it('rests while nobody sees the page, and goes on at once when somebody does', () => {
  let told = 0;
  const stop = onTick(1_000, () => told++);
  page.hidden = true;
  vi.advanceTimersByTime(5_000);
  expect(told).toBe(0);
  page.hidden = false;
  page.dispatchEvent(new Event('visibilitychange'));
  expect(told).toBe(1);
  stop();
  page.dispatchEvent(new Event('visibilitychange'));
  expect(told).toBe(1);
});
