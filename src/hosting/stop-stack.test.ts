import { expect, it } from 'vitest';
import { StopStack } from './stop-stack.js';

it('undoes in reverse order, waits for each, goes on after a failure, and runs once', async () => {
  const events: string[] = [];
  const stack = new StopStack((name) => events.push(`${name} failed`));
  stack.push('first', () => void events.push('first'));
  stack.push('second', () => Promise.reject(new TypeError('no')));
  stack.push('third', async () => {
    await new Promise((resolve) => setImmediate(resolve));
    events.push('third');
  });
  await Promise.all([stack.unwind(), stack.unwind()]);
  expect(events).toEqual(['third', 'second failed', 'first']);
});
