/**
 * Leases of workers in processes of their own, over AMQP to a server and attached to a directory: a busy one keeps its
 * task, one that is stopped loses it, and what that one completes afterwards does not count.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, test } from 'vitest';
import type { App } from '../../src/index.js';
import { builtSluice, unbuilt } from '../support/built.js';
import { startChild, type Child } from '../support/child.mjs';
import { startSluice } from '../support/start-sluice.mjs';

const program = fileURLToPath(new URL('leases/worker.mjs', import.meta.url));
const patienceMs = 30_000;
/** Of both kinds of worker: heartbeats of one second, given up after two and a half. */
const lease = '2s';
const leaseMs = 2_500;

interface Household {
  readonly engine: string;
  readonly app: App;
  end(): Promise<void>;
}

async function served(): Promise<Household> {
  const server = await startSluice();
  const app = await (await builtSluice()).open({ engine: server.url });
  return {
    engine: server.url,
    app,
    end: async () => {
      await app.close();
      await server.stop();
    },
  };
}

async function shared(): Promise<Household> {
  const engine = await mkdtemp(join(tmpdir(), 'sluice-leases-'));
  const app = await (await builtSluice()).open({ engine });
  return {
    engine,
    app,
    end: async () => {
      await app.close();
      await rm(engine, { recursive: true });
    },
  };
}

describe.skipIf(unbuilt !== undefined).each([
  ['over AMQP', served],
  ['attached to a directory', shared],
])('a worker %s', (_, make) => {
  let household: Household;
  let children: Child[];

  beforeEach(async () => {
    children = [];
    household = await make();
  });

  afterEach(async () => {
    for (const child of children) {
      // What is stopped can be killed as well.
      await child.end('SIGKILL', patienceMs);
    }
    await household.end();
  });

  function start(name: string): Child {
    const { engine } = household;
    const child = startChild(process.execPath, [program, JSON.stringify({ engine, name, lease })]);
    children.push(child);
    return child;
  }

  function said(child: Child, wanted: string): Promise<string> {
    return child.line((line) => (line === wanted ? line : undefined), patienceMs);
  }

  /** The versions that a task's outcome has had. */
  async function outcomesOf(id: string): Promise<Set<number>> {
    const versions = new Set<number>();
    const { records } = household.app.engine;
    await records.watch(
      `task/${id}`,
      ({ entry }) => {
        if (entry !== undefined) versions.add(entry.version);
      },
      new AbortController().signal,
    );
    return versions;
  }

  it('keeps its task, however long it is busy', async () => {
    const held = household.app.task<number, number, string>('held');
    const busy = start('busy');
    await said(busy, 'ready');
    const begun = said(busy, 'begun 1');
    const handle = await held.enqueue(2 * leaseMs);
    await begun;
    const idle = start('idle');
    const taken = said(idle, 'begun 2').then(
      () => 'taken',
      () => 'left',
    );
    const completed = said(busy, 'completed');
    expect(await handle.result()).toBe('busy');
    await completed;
    expect((await handle.outcome())?.attempts).toBe(1);
    await idle.end('SIGKILL', patienceMs);
    expect(await taken).toBe('left');
  });

  it('loses its task when it is stopped, and cannot complete it afterwards', async () => {
    const held = household.app.task<number, number, string>('held');
    const stopped = start('stopped');
    await said(stopped, 'ready');
    const begun = said(stopped, 'begun 1');
    const handle = await held.enqueue(500);
    const versions = await outcomesOf(handle.id);
    await begun;
    process.kill(stopped.pid!, 'SIGSTOP');
    const other = start('other');
    await said(other, 'completed');
    expect(await handle.result()).toBe('other');
    const lost = said(stopped, 'lost');
    process.kill(stopped.pid!, 'SIGCONT');
    await lost;
    expect(await handle.outcome()).toMatchObject({ state: 'completed', output: 'other' });
    expect(versions.size).toBe(1);
    // It has come back, and works on.
    await other.end('SIGKILL', patienceMs);
    expect(await (await held.enqueue(0)).result()).toBe('stopped');
  });
});

test.runIf(unbuilt !== undefined)('leases of workers', (context) => {
  context.skip(unbuilt);
});
