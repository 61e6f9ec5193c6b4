/** Messages that go to other queues together, with the record that counts them, through a whole broker. */
import { describe, expect, it } from 'vitest';
import { settle, SimulatedBroker, type Client } from '../../tests/simulation/simulated-broker.js';
import { encodeProperties } from './content/index.js';
import type { Relocation, RelocationOutcome } from './scan-face.js';

const by = { user: 'ann', source: 'test' };

interface Setting {
  readonly at: SimulatedBroker;
  readonly client: Client;
}

async function opened(
  messages: number,
  body: string,
  target: Record<string, unknown> = {},
): Promise<Setting> {
  const at = await SimulatedBroker.open();
  const client = at.client();
  client.declare('from');
  client.declare('to', target);
  for (let n = 0; n < messages; n++)
    client.publish({ routingKey: 'from', body, properties: { messageId: `m${n}`, deliveryMode: 2 } });
  await at.broker.administration.durable();
  return { at, client };
}

/** `meanwhile` is called when the turn of each comes. */
function movesOf(positions: readonly number[], meanwhile = (): void => undefined, to = 'to'): Relocation[] {
  return positions.map((position) => ({
    position,
    to,
    change() {
      meanwhile();
      return {
        ...{ exchange: '', routingKey: to, deletions: [] },
        properties: encodeProperties({ messageId: `m${position}`, deliveryMode: 2 }),
        puts: [{ key: `sent/${position % 50}`, value: Buffer.from('x'), expected: 'absent' }],
      };
    },
  }));
}

const range = (from: number, count: number): number[] => Array.from({ length: count }, (_, n) => from + n);

const noted = (outcomes: readonly RelocationOutcome[]) => [
  { key: 'count', value: Buffer.from(String(outcomes.length)) },
];

const move = (
  { at }: Pick<Setting, 'at'>,
  moves: readonly Relocation[],
  puts: typeof noted | (() => []) = noted,
) => at.broker.administration.queues.moveTogether('/', 'from', moves, puts, by);

function recordIn(client: Client, key: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    client.channel.records.get(key, (answer) => {
      resolve(answer.kind === 'found' ? answer.entry.value.toString() : undefined);
    });
  });
}

interface Crashed {
  readonly when: string;
  /** In the target, and as the record counts them. */
  readonly moved: number;
  readonly counted: number;
}

/** What losses of power leave that come at many moments after a step. */
async function crashedAfter(
  step: (setting: Setting, moves: readonly Relocation[]) => Promise<unknown>,
): Promise<Crashed[]> {
  const found: Crashed[] = [];
  for (const turns of range(0, 8)) {
    for (const survival of [0, 0.25, 0.5, 0.75, 1]) {
      const when = `after ${turns} turns, survival ${survival}`;
      const setting = await opened(40, 'x'.repeat(5_000));
      await step(setting, movesOf(range(0, 40)));
      await settle(turns);
      const next = await setting.at.crash(survival);
      const moved = next.queue('to').ready;
      expect(next.queue('from').ready + moved, when).toBe(40);
      found.push({ when, moved, counted: Number((await recordIn(next.client(), 'count')) ?? 0) });
      await next.broker.close();
    }
  }
  return found;
}

describe('messages that go together', () => {
  it('are all there after a power loss, or none is, and are counted', async () => {
    const found = await crashedAfter((setting, moves) => move(setting, moves));
    for (const { when, moved, counted } of found) expect(counted, when).toBe(moved);
    expect([...new Set(found.map(({ moved }) => moved))].sort((a, b) => a - b)).toEqual([0, 40]);
  }, 30_000);

  it('would be found to be counted wrong if each went by itself', async () => {
    const found = await crashedAfter(async (setting, moves) => {
      const outcomes: RelocationOutcome[] = [];
      for (const one of moves) outcomes.push(...(await move(setting, [one], () => [])));
      setting.client.channel.records.put(noted(outcomes)[0]!);
    });
    expect(found.some(({ moved, counted }) => moved !== counted)).toBe(true);
  }, 30_000);

  it('keep their order, and tell what became of each', async () => {
    const setting = await opened(60, 'x');
    await setting.client.get('from', false);
    const outcomes = await move(setting, movesOf([0, 1, 2, 52, 2, 3, 99]));
    expect(outcomes).toEqual(['active', 'moved', 'moved', 'conflict', 'absent', 'moved', 'absent']);
    expect(await recordIn(setting.client, 'count')).toBe('7');
    const messages = await setting.at.broker.administration.peek('/', 'to', 10);
    expect(messages.map(({ position }) => position)).toEqual([0, 1, 2]);
  });

  it('give others a turn after a millisecond', async () => {
    const setting = await opened(20, 'x');
    const moves = movesOf(range(0, 20), () => {
      setting.at.clock.advance(1);
    });
    expect(await move(setting, moves)).toHaveLength(2);
    expect(await move(setting, moves.slice(2))).toHaveLength(2);
  });

  it('are as many as are in memory, and come from the disk after that', async () => {
    const setting = await opened(300, 'x'.repeat(5_000));
    const again = await setting.at.restart();
    const counts: number[] = [];
    for (let at = 0; at < 300; at += counts.at(-1)!)
      counts.push((await move({ at: again }, movesOf(range(at, 300 - at)), () => [])).length);
    expect(counts.length).toBeGreaterThan(1);
    expect(again.queue('to').ready + again.queue('from').ready).toBe(300);
  });

  it('leave what is refused to the next call, which says why', async () => {
    const setting = await opened(10, 'x', { 'x-max-length': 3 });
    expect(await move(setting, movesOf(range(0, 10)))).toEqual(['moved', 'moved', 'moved']);
    expect(await move(setting, movesOf(range(3, 7)))).toEqual(['full']);
    setting.client.declare('other');
    const moves = [...movesOf([3], undefined, 'other'), ...movesOf([4], undefined, 'none')];
    expect(await move(setting, moves)).toEqual(['moved']);
    await expect(move(setting, moves.slice(1))).rejects.toThrow("no queue 'none'");
    expect(await move(setting, [])).toEqual([]);
    await settle();
    expect(setting.at.queue('from').ready).toBe(6);
  });
});
