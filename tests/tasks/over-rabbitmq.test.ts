/** Tasks on RabbitMQ, whose workers order what they hold: deadlines, keys and shares, as far as one window reaches. */
import { describe, expect, it, test } from 'vitest';
import type { TaskApp } from '../../src/tasks/index.js';
import { rabbitUnavailable, startRabbit } from '../support/start-rabbit.mjs';
import { programsOn } from './programs.js';

const reason = rabbitUnavailable();

describe.skipIf(reason !== undefined)('tasks on RabbitMQ', () => {
  const on = programsOn(startRabbit);
  const program = (): Promise<TaskApp> => on.program();

  /** What a handler wrote down, once it is so many lines. */
  function notes(count: number) {
    const lines: string[] = [];
    let tell = (): void => undefined;
    const written = new Promise<void>((resolve) => {
      tell = resolve;
    });
    const note = (line: string): void => {
      lines.push(line);
      if (lines.length === count) tell();
    };
    return { lines, written, note };
  }

  it('run by deadline, whatever came first', async () => {
    const [sender, worker] = [await program(), await program()];
    const { lines, written, note } = notes(4);
    const options = { deadline: '1h' } as const;
    const sent = sender.task<string>('rabbit.urgent', options);
    for (const [name, deadline] of [
      ['late', '3h'],
      ['soon', '1m'],
      ['usual', undefined],
      ['next', '5m'],
    ] as const)
      await sent.enqueue(name, deadline === undefined ? {} : { deadline });
    const task = worker.task('rabbit.urgent', { ...options, run: note });
    worker.worker({ tasks: [task], concurrency: 1 });
    await written;
    expect(lines).toEqual(['soon', 'next', 'usual', 'late']);
  });

  it('of one key run in order through retries, while others go on', async () => {
    const app = await program();
    const { lines, written, note } = notes(5);
    const task = app.task('rabbit.keyed', {
      key: (name: string) => name[0],
      retry: { attempts: 3, backoff: 'fixed', delay: '20ms' },
      run: (name, { attempt }) => {
        note(`${name}.${attempt}`);
        if (name === 'a1' && attempt < 3) throw new TypeError('not yet');
      },
    });
    await task.enqueueAll(['a1', 'a2', 'b1']);
    app.worker({ tasks: [task], concurrency: 1 });
    await written;
    expect(lines.filter((line) => line.startsWith('a'))).toEqual(['a1.1', 'a1.2', 'a1.3', 'a2.1']);
    expect(lines.indexOf('b1.1')).toBe(1);
  });

  it('are not gathered, as nothing keeps results: refused before one is sent', async () => {
    const app = await program();
    const task = app.task('rabbit.gathered', { run: (n: number) => n });
    const refusal = { code: 'unsupported' };
    await expect(app.gather([task.with(1), task.with(2)])).rejects.toMatchObject(refusal);
    await expect(app.gather([task.with(1)], { onError: 'collect' })).rejects.toMatchObject(refusal);
    expect(await app.engine.topology.describeQueue(task.queue)).toBeUndefined();
    const handle = await task.enqueue(1);
    await expect(handle.result({ timeout: '10s' })).rejects.toMatchObject(refusal);
    expect(await app.queue(task.queue).peek(10)).toHaveLength(1);
  });

  it('of a worker that closes go back, and another runs them', async () => {
    const [first, second] = [await program(), await program()];
    const begun = notes(1);
    let finish = (): void => undefined;
    const options = { deadline: '1h' } as const;
    const held = first.task('rabbit.returned', {
      ...options,
      run: (name: string) => {
        begun.note(name);
        return new Promise<void>((resolve) => {
          finish = resolve;
        });
      },
    });
    await held.enqueueAll(['1', '2', '3']);
    const closing = first.worker({ tasks: [held], concurrency: 1 });
    await begun.written;
    const closed = closing.close();
    finish();
    await closed;
    expect(begun.lines).toEqual(['1']);
    const { lines, written, note } = notes(2);
    const task = second.task('rabbit.returned', { ...options, run: note });
    second.worker({ tasks: [task], concurrency: 1 });
    await written;
    expect(lines.sort()).toEqual(['2', '3']);
  });
});

test.runIf(reason !== undefined)('tasks on RabbitMQ', (context) => {
  if (process.env['SLUICE_REQUIRE_ALL'] === '1') throw new Error(reason);
  context.skip(reason);
});
