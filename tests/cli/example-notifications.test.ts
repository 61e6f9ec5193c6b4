/** The example of real-time notification, as its browsers see it: order, what was missed, what came too late. */
import { get } from 'node:http';
import { join } from 'node:path';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { open } from '../../src/index.js';
import { startChild } from '../support/child.mjs';
import { makeWorkplace, type Workplace } from './sluice.js';

const program = join(import.meta.dirname, '../../examples/notifications/main.mjs');
const patienceMs = 30_000;

let place: Workplace;
let address: string;
let end: (signal: NodeJS.Signals) => Promise<unknown>;

beforeEach(async () => {
  place = await makeWorkplace();
});

afterEach(async () => {
  await end('SIGKILL');
  await place.close();
});

async function start(): Promise<void> {
  const child = startChild(process.execPath, [program, place.data, '0']);
  end = (signal) => child.end(signal, patienceMs);
  address = await child.line(
    (line) => (line.startsWith('http') ? new URL(line).origin : undefined),
    patienceMs,
  );
}

async function notify(to: readonly string[], text: string): Promise<number> {
  const response = await fetch(`${address}/notify`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ to, text }),
  });
  return response.status;
}

/** What a browser gets, from the notification after `last` on. */
class Browser {
  readonly #response: IncomingMessage;
  readonly #lines: AsyncIterator<string>;

  constructor(response: IncomingMessage) {
    this.#response = response;
    this.#lines = createInterface({ input: response })[Symbol.asyncIterator]();
  }

  static async connect(user: string, last?: number): Promise<Browser> {
    const headers = last === undefined ? {} : { 'last-event-id': String(last) };
    const [response] = (await once(get(`${address}/events?user=${user}`, { headers }), 'response')) as [
      IncomingMessage,
    ];
    expect(response.headers['content-type']).toBe('text/event-stream');
    return new Browser(response);
  }

  /** The next notifications, as `[id, text]`. */
  async next(count: number): Promise<[number, string][]> {
    const told: [number, string][] = [];
    let id = 0;
    while (told.length < count) {
      const { value: line, done } = (await this.#lines.next()) as IteratorResult<string, undefined>;
      if (done === true) throw new Error('the server ended the stream');
      if (line.startsWith('id: ')) id = Number(line.slice(4));
      if (line.startsWith('data: ')) told.push([id, (JSON.parse(line.slice(6)) as { text: string }).text]);
    }
    return told;
  }

  leave(): void {
    this.#response.destroy();
  }
}

function texts(from: number, to: number): [number, string][] {
  return Array.from({ length: to - from + 1 }, (_, index) => [from + index, `text ${from + index}`]);
}

it('tells every window of a user in order, and one that was away what it missed, over a kill -9 too', async () => {
  await start();
  const windows = [await Browser.connect('ada'), await Browser.connect('ada'), await Browser.connect('bob')];
  for (let number = 1; number <= 20; number++)
    expect(await notify(number <= 2 ? ['ada', 'bob'] : ['ada'], `text ${number}`)).toBe(202);
  const [first, second, other] = await Promise.all(
    windows.map((window, index) => window.next(index < 2 ? 20 : 2)),
  );
  expect([first, second, other]).toEqual([texts(1, 20), texts(1, 20), texts(1, 2)]);

  windows[0]!.leave();
  for (let number = 21; number <= 25; number++) await notify(['ada'], `text ${number}`);
  await end('SIGKILL');
  await start();
  const back = await Browser.connect('ada', 20);
  await notify(['ada'], 'text 26');
  expect(await back.next(6)).toEqual(texts(21, 26));
});

it('drops what comes too late, and tells the rest', async () => {
  const app = await open({ engine: place.data });
  const task = app.task('notify', {
    deadline: '1h',
    key: ({ user }: { user: string; text: string }) => user,
  });
  const late = await task.enqueue({ user: 'ada', text: 'late' }, { deadline: '1ms' });
  await task.enqueue({ user: 'ada', text: 'in time' });
  await app.close();
  await start();
  expect(await (await Browser.connect('ada')).next(1)).toEqual([[1, 'in time']]);
  await end('SIGTERM');
  const again = await open({ engine: place.data });
  await expect(again.task('notify').find(late.id).outcome()).resolves.toMatchObject({ state: 'missed' });
  await again.close();
});

it('serves its page, and refuses what is no notification', async () => {
  await start();
  expect(await (await fetch(`${address}/?user=ada`)).text()).toContain('new EventSource(');
  expect(await notify(['../ada'], 'x')).toBe(400);
  expect((await fetch(`${address}/notify`, { method: 'POST', body: '{}' })).status).toBe(415);
  expect((await fetch(`${address}/events?user=`)).status).toBe(400);
});
