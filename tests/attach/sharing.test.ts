/** Real processes on one directory: sending, receiving, dying. Nothing confirmed is lost, and one at a time owns it. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startSluice } from '../support/start-sluice.mjs';
import { Household, unavailable } from './member.js';

const kills = Number(process.env['SLUICE_ATTACH_KILLS'] ?? '20');
/** Two seconds on a busy machine of two cores; half of one on a quiet one. */
const takeOverMsMax = 5_000;
let household: Household;

beforeEach(async () => {
  household = await Household.make();
});
afterEach(() => household.end());

/** Waits until each of those who live has confirmed `count` more messages. */
async function work(count: number): Promise<void> {
  const wanted = household.confirmed.size + count;
  await household.until(() => household.confirmed.size >= wanted, `${count} more sends resolved`);
}

/** The next owner, and how long the directory had none that serves. */
async function nextOwner(before: number): Promise<number> {
  const startMs = performance.now();
  await household.until(() => household.owners.length > before, 'somebody takes over');
  return performance.now() - startMs;
}

describe.skipIf(unavailable !== undefined)('processes that share a directory', () => {
  test('the first owns it, the second attaches, and both send and receive', async () => {
    const first = await household.start();
    const second = await household.start();
    expect([first.role, second.role]).toEqual(['owner', 'attached']);
    await work(500);
    const senders = new Set([...household.confirmed].map((id) => Number(id.split('-')[0])));
    expect(senders).toEqual(new Set([first.pid, second.pid]));
    await household.drain();
    expect(household.unexpected).toEqual([]);
    expect(household.failures).toEqual([]);
  });

  test(
    `five of them survive ${kills} kills of the owner under load`,
    { timeout: 60_000 + kills * 5_000 },
    async () => {
      for (let member = 0; member < 5; member++) await household.start();
      const takeOversMs: number[] = [];
      for (let kill = 0; kill < kills; kill++) {
        await work(50);
        const owners = household.owners.length;
        const ended = household.owner!.end('SIGKILL');
        takeOversMs.push(await nextOwner(owners));
        await ended;
        // Exactly one of those who were there.
        expect(household.owners.length).toBe(owners + 1);
        const newcomer = await household.start();
        expect(newcomer.role).toBe('attached');
      }
      await work(50);
      await household.drain();
      expect(household.unexpected).toEqual([]);
      expect(household.failures).toEqual([]);
      expect(household.owners.length).toBe(kills + 1);
      expect(Math.max(...takeOversMs)).toBeLessThan(takeOverMsMax);
      const sorted = takeOversMs.sort((a, b) => a - b);
      const [middle, last] = [sorted[sorted.length >> 1]!, sorted.at(-1)!];
      console.log(
        `${kills} kills, ${household.confirmed.size} confirmed, none lost; ` +
          `taken over after ${middle.toFixed(0)} ms (median), ${last.toFixed(0)} ms (longest)`,
      );
    },
  );

  test('an owner that closes hands the directory over', async () => {
    const first = await household.start();
    const second = await household.start();
    await work(200);
    await first.end('SIGTERM');
    await household.until(() => second.role === 'owner', 'the second owns it');
    await work(200);
    await household.drain();
    expect(household.unexpected).toEqual([]);
    expect(household.failures).toEqual([]);
  });

  test('nobody takes over from an owner that is only stopped, and everything goes on when it does', async () => {
    const first = await household.start();
    const second = await household.start();
    await work(100);
    first.signal('SIGSTOP');
    // A newcomer hears that the owner does not answer.
    const third = await household.start();
    expect(third.isGone).toBe(true);
    expect(third.child.tail()).toMatch(/timeout|does not answer/);
    expect(second.role).toBe('attached');
    first.signal('SIGCONT');
    await work(100);
    await household.drain();
    expect(household.owners).toEqual([first.pid]);
    expect(household.failures).toEqual([]);
  });

  test('a program attaches to a server, and takes over when that is killed', async () => {
    const server = await startSluice({ directory: household.directory });
    const member = await household.start();
    expect(member.role).toBe('attached');
    await work(100);
    await server.kill();
    await household.until(() => member.role === 'owner', 'the program owns it');
    await work(100);
    await household.drain();
    expect(household.failures).toEqual([]);
    await expect(server.restart()).rejects.toThrow(`owned by process ${member.pid}`);
  });

  test('attach: false refuses a directory that is owned', async () => {
    await household.start();
    const second = await household.start({ open: { attach: false } });
    expect(second.isGone).toBe(true);
    expect(second.child.tail()).toContain('directory-owned');
  });
});

test.runIf(unavailable !== undefined)('processes that share a directory', (context) => {
  context.skip(unavailable);
});
