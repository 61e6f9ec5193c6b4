/** Task queues that an earlier build made without an index: their tasks go on, what needs the index is refused. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { openTesting, type TestingApp } from '../../src/testing/index.js';

let app: TestingApp;

beforeEach(async () => {
  app = await openTesting();
});

afterEach(async () => {
  vi.restoreAllMocks();
  await app.close();
});

it('runs their tasks, and names each queue in a warning', async () => {
  const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
  await app.engine.topology.declareQueue('sluice.tasks.old', { order: 'priority' });
  const old = app.task('old', { run: (n: number) => n + 1 });
  const handle = await old.enqueue(1);
  await expect(handle.why()).rejects.toMatchObject({ code: 'precondition-failed' });
  const stopped = await old.enqueue(2);
  expect(await stopped.cancel('changed')).toBe('asked');
  app.worker({ tasks: [old] });
  await app.idle();
  expect(await handle.result()).toBe(2);
  await expect(stopped.result()).rejects.toMatchObject({ code: 'task-cancelled' });
  expect(warned).toHaveBeenCalledOnce();
  expect(warned.mock.calls[0]![0]).toContain("'sluice.tasks.old' was made without x-message-index");
});

it('refuses a queue that differs in more, naming the first difference', async () => {
  await app.engine.topology.declareQueue('sluice.tasks.other', { order: 'deadline' });
  const other = app.task('other', { run: (n: number) => n });
  await expect(other.enqueue(1)).rejects.toMatchObject({
    code: 'precondition-failed',
    message: expect.stringContaining('x-order') as string,
  });
});
