import { createConnection, type Socket } from 'node:net';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { FakeClock, SluiceError, systemClock } from '../kernel/index.js';
import { connectControl, type ControlClient } from './control-client.js';
import { claimDirectory, type DirectoryClaim } from './claim.js';
import { ControlServer } from './control-server.js';
import { bindOperation, type BoundOperation, type Operation } from './operation.js';
import { lineBytesMax } from './protocol.js';

let directory: string;
let claim: DirectoryClaim;
let server: ControlServer;
let bugs: string[];
const clients: ControlClient[] = [];

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'sluice-control-'));
  claim = await claimDirectory(directory, systemClock());
  bugs = [];
  server = new ControlServer({
    claim,
    clock: new FakeClock(),
    version: '1.2.3',
    early: new Map<string, BoundOperation>([['status', () => Promise.resolve({ early: true })]]),
    failed: (operation) => bugs.push(operation),
  });
});

afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  server.close();
  await claim.release();
  rmSync(directory, { recursive: true, force: true });
});

const services = { greeting: 'hello' };

const greet: Operation<typeof services, { name: string }, string> = {
  input: z.strictObject({ name: z.string().max(10) }),
  run: ({ greeting }, { name }) => Promise.resolve(`${greeting} ${name}`),
};

const count: Operation<typeof services, { to: number }, string, { at: number }> = {
  input: z.strictObject({ to: z.int() }),
  async run(_services, { to }, call) {
    for (let at = 1; at <= to; at++) await call.emit({ at });
    return 'counted';
  },
};

const sum: Operation<typeof services, object, number, never, number> = {
  input: z.strictObject({}),
  message: z.int(),
  async run(_services, _input, call) {
    let total = 0;
    for await (const message of call.messages) total += message;
    return total;
  },
};

const untilAborted: Operation<typeof services, object, string> = {
  input: z.strictObject({}),
  run: (_services, _input, { signal }) =>
    new Promise((resolve) => {
      signal.addEventListener('abort', () => {
        resolve('stopped');
      });
    }),
};

const failing: Operation<typeof services, { bug: boolean }, never> = {
  input: z.strictObject({ bug: z.boolean() }),
  run: (_services, { bug }) =>
    Promise.reject(
      bug
        ? new TypeError('x is not a function')
        : new SluiceError('not-found', 'no queue', { details: { queue: 'q' }, retryable: true }),
    ),
};

function ready(): void {
  const operations = new Map([
    ['greet', bindOperation(greet, services)],
    ['count', bindOperation(count, services)],
    ['sum', bindOperation(sum, services)],
    ['until-aborted', bindOperation(untilAborted, services)],
    ['failing', bindOperation(failing, services)],
  ]);
  server.ready(() => operations);
}

async function connect(): Promise<ControlClient> {
  const client = await connectControl(directory);
  if (client === undefined) throw new TypeError('no server');
  clients.push(client);
  return client;
}

describe('the control socket', () => {
  it('says who serves it', async () => {
    const { hello } = await connect();
    expect(hello).toEqual({
      protocol: 1,
      version: '1.2.3',
      pid: process.pid,
      sinceMs: 1_700_000_000_000,
      state: 'starting',
    });
  });

  it('is undefined where nobody listens', async () => {
    await claim.release();
    expect(await connectControl(directory)).toBeUndefined();
    expect(await connectControl(join(directory, 'absent'))).toBeUndefined();
  });

  it('answers a call', async () => {
    ready();
    const client = await connect();
    await expect(client.call('greet', { name: 'Ada' }).result).resolves.toBe('hello Ada');
  });

  it('answers early operations at once and holds the others until it is ready', async () => {
    const client = await connect();
    const held = client.call('greet', { name: 'Ada' }).result;
    await expect(client.call('status', {}).result).resolves.toEqual({ early: true });
    ready();
    await expect(held).resolves.toBe('hello Ada');
  });

  it('refuses all but early operations while stopping, also those that were held', async () => {
    const client = await connect();
    const held = client.call('greet', { name: 'Ada' }).result;
    await client.call('status', {}).result;
    server.stopping();
    await expect(held).rejects.toMatchObject({ code: 'closed', retryable: true });
    await expect(client.call('status', {}).result).resolves.toEqual({ early: true });
  });

  it('streams events before the result, in order, past the socket buffer', async () => {
    ready();
    const client = await connect();
    const seen: unknown[] = [];
    const call = client.call('count', { to: 20_000 }, (event) => seen.push(event));
    await expect(call.result).resolves.toBe('counted');
    expect(seen).toHaveLength(20_000);
    expect(seen.at(0)).toEqual({ at: 1 });
    expect(seen.at(-1)).toEqual({ at: 20_000 });
  });

  it('takes a stream of messages', async () => {
    ready();
    const call = (await connect()).call('sum', {});
    await call.send(1);
    await call.send(41);
    call.end();
    await expect(call.result).resolves.toBe(42);
  });

  it('runs calls side by side', async () => {
    ready();
    const client = await connect();
    const slow = client.call('until-aborted', {});
    await expect(client.call('greet', { name: 'Ada' }).result).resolves.toBe('hello Ada');
    slow.cancel();
    await expect(slow.result).resolves.toBe('stopped');
  });

  it('does not begin what was cancelled before it could', async () => {
    const client = await connect();
    const call = client.call('until-aborted', {});
    call.cancel();
    await client.call('status', {}).result;
    ready();
    await expect(call.result).rejects.toMatchObject({ code: 'closed' });
  });

  it('refuses input that its schema does not take, naming the path', async () => {
    ready();
    const client = await connect();
    await expect(client.call('greet', { name: 7 }).result).rejects.toMatchObject({
      code: 'bad-input',
      message: expect.stringMatching(/^name: /) as string,
    });
    const call = client.call('sum', {});
    await call.send('one');
    await expect(call.result).rejects.toMatchObject({ code: 'bad-input' });
  });

  it('carries an error with its code and details', async () => {
    ready();
    const client = await connect();
    await expect(client.call('failing', { bug: false }).result).rejects.toMatchObject({
      code: 'not-found',
      message: 'no queue',
      retryable: true,
      details: { queue: 'q' },
    });
    expect(bugs).toEqual([]);
  });

  it('reports a bug, and goes on', async () => {
    ready();
    const client = await connect();
    await expect(client.call('failing', { bug: true }).result).rejects.toMatchObject({ code: 'internal' });
    expect(bugs).toEqual(['failing']);
    await expect(client.call('greet', { name: 'Ada' }).result).resolves.toBe('hello Ada');
  });

  it('refuses an operation that it does not know', async () => {
    ready();
    const client = await connect();
    await expect(client.call('constructor', {}).result).rejects.toMatchObject({ code: 'not-implemented' });
  });

  it('cancels what runs when the caller goes away', async () => {
    let aborted: () => void = () => undefined;
    const seen = new Promise<void>((resolve) => (aborted = resolve));
    server.ready(
      () =>
        new Map<string, BoundOperation>([
          [
            'watch',
            (_input, { signal }) =>
              new Promise((resolve) => {
                signal.addEventListener('abort', () => {
                  aborted();
                  resolve(null);
                });
              }),
          ],
        ]),
    );
    const client = await connect();
    const call = client.call('watch', {});
    call.result.catch(() => undefined);
    await client.call('status', {}).result;
    client.close();
    await seen;
  });

  it('fails what waits when the server goes away', async () => {
    ready();
    const client = await connect();
    const call = client.call('until-aborted', {});
    await client.call('status', {}).result;
    server.close();
    await expect(call.result).rejects.toMatchObject({ code: 'connection-failed' });
    await expect(client.call('greet', { name: 'Ada' }).result).rejects.toMatchObject({
      code: 'connection-failed',
    });
  });
});

describe('lines that make no sense', () => {
  function raw(): Socket {
    return createConnection(join(directory, 'control.sock'));
  }

  async function answerTo(write: (socket: Socket) => void): Promise<string> {
    const socket = raw();
    let text = '';
    socket.on('data', (data: Buffer) => (text += data.toString()));
    socket.on('error', () => undefined);
    const closed = new Promise((resolve) => socket.once('close', resolve));
    write(socket);
    await closed;
    return text;
  }

  it.each([
    ['no JSON', 'hello\n'],
    ['a list', '[1]\n'],
    ['null', 'null\n'],
    ['no id', '{"operation":"greet"}\n'],
    ['a fractional id', '{"id":1.5,"operation":"greet"}\n'],
    ['nothing asked', '{"id":1}\n'],
    ['an id twice', '{"id":1,"operation":"until-aborted","input":{}}\n'.repeat(2)],
  ])('end the connection: %s', async (_name, line) => {
    ready();
    const text = await answerTo((socket) => socket.write(line));
    expect(text).toContain('"code":"protocol"');
    await expect((await connect()).call('greet', { name: 'Ada' }).result).resolves.toBe('hello Ada');
  });

  it('ends the connection at too many requests', async () => {
    ready();
    const text = await answerTo((socket) => {
      for (let id = 1; id <= 65; id++) socket.write(`{"id":${id},"operation":"until-aborted","input":{}}\n`);
    });
    expect(text).toContain('"code":"limit-reached"');
  });

  it('ends the connection at a line over the limit, without holding it', async () => {
    const chunk = Buffer.alloc(1_048_576, 97);
    const text = await answerTo((socket) => {
      for (let sent = 0; sent <= lineBytesMax; sent += chunk.length) socket.write(chunk);
    });
    expect(text).toContain('"code":"limit-reached"');
  });
});
