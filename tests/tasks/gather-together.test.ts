/** Tasks that are gathered run at the same time, whichever engine carries them: five waits take as long as the longest. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { open } from '../../src/open.js';
import type { TaskApp } from '../../src/tasks/index.js';
import type { BrokerServer } from '../support/server.mjs';
import { sluiceUnavailable, startSluice } from '../support/start-sluice.mjs';

const tenths = [0, 1, 2, 3, 4];

/** Gathers in one opening what another works on. */
async function gatherFive(gathering: TaskApp, working: TaskApp, name: string): Promise<void> {
  const events: string[] = [];
  const handled = working.task(name, {
    run: async (tenth: number) => {
      events.push(`begun ${tenth}`);
      await wait(tenth * 100);
      events.push(`ended ${tenth}`);
      return tenth * 2;
    },
  });
  const worker = working.worker({ tasks: [handled] });
  await worker.ready;
  const sent = gathering === working ? handled : gathering.task<number, number>(name);
  expect(await gathering.gather(tenths.map((tenth) => sent.with(tenth)))).toEqual([0, 2, 4, 6, 8]);
  // One after another, the fourth would have ended before the fifth began.
  expect(
    events
      .slice(0, events.indexOf('ended 3'))
      .filter((event) => event.startsWith('begun'))
      .sort(),
  ).toEqual(tenths.map((tenth) => `begun ${tenth}`));
  expect(events.at(-1)).toBe('ended 4');
  await worker.close();
}

describe('five tasks that wait, on a directory', () => {
  let directory: string;
  let owner: TaskApp;
  let attached: TaskApp;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'sluice-gather-'));
    owner = await open({ engine: directory });
    attached = await open({ engine: directory });
  });

  afterAll(async () => {
    await attached.close();
    await owner.close();
    await rm(directory, { recursive: true, force: true });
  });

  it('of its owner', () => gatherFive(owner, owner, 'gather.owner'));

  it('of another process: gathered there, worked on by the owner', () =>
    gatherFive(attached, owner, 'gather.there'));

  it('of another process: worked on there, gathered by the owner', () =>
    gatherFive(owner, attached, 'gather.here'));
});

describe.skipIf(sluiceUnavailable() !== undefined)('five tasks that wait, over AMQP', () => {
  let server: BrokerServer;
  let apps: TaskApp[];

  beforeAll(async () => {
    server = await startSluice();
    apps = await Promise.all([open({ engine: server.url }), open({ engine: server.url })]);
  });

  afterAll(async () => {
    for (const app of apps) await app.close();
    await server.stop();
  });

  it('of one connection', () => gatherFive(apps[0]!, apps[0]!, 'gather.one'));

  it('of two', () => gatherFive(apps[0]!, apps[1]!, 'gather.two'));
});
