/** Workers in other processes than the one that changes their number: through a server, and on one directory. */
import { describe, expect, it, vi } from 'vitest';
import type { ListedWorker, TaskApp } from '../../src/tasks/index.js';
import { sluiceUnavailable, startSluice } from '../support/start-sluice.mjs';
import { programsOn } from './programs.js';

const reason = sluiceUnavailable();
const patient = { timeout: 30_000 };

describe.skipIf(reason !== undefined)('a worker behind a server', () => {
  const on = programsOn(startSluice);

  async function listed(app: TaskApp, queue: string, count: number): Promise<readonly ListedWorker[]> {
    return vi.waitFor(async () => {
      const workers = await app.tasks.workers(queue);
      expect(workers).toHaveLength(count);
      return workers;
    }, patient);
  }

  it('runs as many as another program wishes', async () => {
    const [worker, operator] = [await on.program(), await on.program()];
    const release: (() => void)[] = [];
    const run = (): Promise<void> => new Promise((resolve) => release.push(resolve));
    const slow = worker.task<number>('remote.slow', { run });
    const handler = worker.worker({ tasks: [slow], concurrency: { start: 1, max: 3 } });
    await handler.ready;
    await slow.enqueueAll([1, 2, 3]);
    const [seen] = await listed(operator, slow.queue, 1);
    expect(seen).toMatchObject({ concurrency: 1, max: 3, tasks: ['remote.slow'] });
    await operator.tasks.setConcurrency(seen!.id, 3);
    await vi.waitFor(() => {
      expect(release).toHaveLength(3);
    }, patient);
    expect(await operator.tasks.workers(slow.queue)).toMatchObject([{ concurrency: 3 }]);
    for (const end of release) end();
    await handler.close();
    await listed(operator, slow.queue, 0);
  });

  it('that declares no ceiling is nobody’s to change', async () => {
    const [worker, operator] = [await on.program(), await on.program()];
    const task = worker.task('remote.fixed', { run: () => undefined });
    await worker.worker({ tasks: [task], concurrency: 2 }).ready;
    expect(await operator.tasks.workers(task.queue)).toEqual([]);
  });
});
