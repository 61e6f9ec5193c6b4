/** The API of a program that opened its engine with `http`, and of a server: one application. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ask, basic } from '../../src/http/testing/http-fixture.js';
import { open, type App } from '../../src/index.js';
import { makeWorkplace, type Server, type Workplace } from '../cli/sluice.js';

describe('a program', () => {
  let directory: string;
  let app: App;
  let url: string;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'sluice-http-'));
    app = await open({ engine: directory, http: 0 });
    url = `http://127.0.0.1:${app.ports['http']!}`;
  });

  afterEach(async () => {
    await app.close();
    await rm(directory, { recursive: true, force: true });
  });

  it('shows its queues to guest, who signs in from this machine as by AMQP', async () => {
    await app.queue('orders').send({ body: { id: 1 } });
    expect((await ask(url, 'GET', '/v1/queues')).json.items).toMatchObject([{ name: 'orders', ready: 1 }]);
    expect((await ask(url, 'GET', '/v1/queues', { user: null })).status).toBe(401);
    expect((await ask(url, 'GET', '/v1/status')).json).toMatchObject({ pid: process.pid, state: 'ready' });
    expect((await ask(url, 'GET', '/v1/connections')).json).toMatchObject({ items: [], total: 0 });
  });

  it('shows, explains, cancels, retries and enqueues its tasks', async () => {
    const failing = app.task('failing', {
      retry: { attempts: 1 },
      run: () => {
        throw new RangeError('never');
      },
    });
    const plain = app.task('plain');
    const [first, second] = await plain.enqueueAll([{ n: 1 }, { n: 2 }]);
    const lost = await failing.enqueue('x');
    const worker = app.worker({ tasks: [failing] });
    await expect(lost.result({ timeout: '20s' })).rejects.toMatchObject({ name: 'TaskFailed' });
    await worker.close();
    const plainQueue = plain.queue;
    const { items } = (await ask(url, 'GET', '/v1/tasks')).json;
    expect(items).toContainEqual(expect.objectContaining({ task: 'plain', waiting: 2, dead: 0 }));
    expect(items).toContainEqual(expect.objectContaining({ task: 'failing', waiting: 0, dead: 1 }));
    expect((await ask(url, 'GET', '/v1/tasks/plain/tasks?limit=1')).json.items).toMatchObject([
      { taskId: first!.id },
    ]);
    const one = `/v1/tasks/plain/tasks/${first!.id}`;
    expect((await ask(url, 'GET', one)).json).toMatchObject({
      kind: 'no-worker',
      queue: plainQueue,
      payload: { n: 1 },
    });
    expect((await ask(url, 'GET', `${one}/why`)).json).toMatchObject({ kind: 'no-worker' });
    const cancelled = await ask(url, 'POST', `${one}/cancel`, { json: { reason: 'no longer' } });
    expect(cancelled.json).toEqual({ outcome: 'cancelled' });
    await expect(first!.result()).rejects.toMatchObject({ name: 'TaskCancelled' });
    expect((await ask(url, 'GET', '/v1/tasks/failing/dead')).json.items).toMatchObject([
      { errorName: 'RangeError' },
    ]);
    const redrive = '/v1/tasks/failing/redrive';
    const work = await ask(url, 'GET', '/v1/workers');
    expect(work.json).toMatchObject({
      running: [],
      waiting: [{ taskId: second!.id, position: 1 }],
      roster: [],
    });
    const dry = await ask(url, 'POST', redrive, { json: { dryRun: true } });
    expect(dry.json).toEqual({ seen: 1, redriven: 1, dryRun: true });
    expect((await ask(url, 'POST', `/v1/tasks/failing/tasks/${lost.id}/retry`)).json).toEqual({
      outcome: 'redriven',
    });
    const added = await ask(url, 'POST', '/v1/tasks/plain/tasks', {
      json: { payload: { n: 3 }, priority: 'high' },
    });
    expect(added.json).toMatchObject({ queue: plainQueue });
    expect((await ask(url, 'GET', `/v1/tasks/plain/tasks/${String(added.json['id'])}`)).json).toMatchObject({
      payload: { n: 3 },
    });
    expect((await second!.why()).kind).toBe('no-worker');
    for (const path of ['/v1/tasks/none/tasks', '/v1/tasks/plain/tasks/none']) {
      expect((await ask(url, 'GET', path)).status).toBe(404);
    }
    const late = await ask(url, 'POST', '/v1/tasks/plain/tasks', { json: { deadline: 'soon' } });
    expect(late.json).toMatchObject({ status: 400, code: 'bad-input' });
  });

  it('does not end while its program goes on, nor keep its end', async () => {
    await ask(url, 'GET', '/v1/tasks');
    await app.close();
    await expect(ask(url, 'GET', '/healthz')).rejects.toThrow();
  });
});

describe('a server', () => {
  let place: Workplace;
  let server: Server;
  let url: string;

  beforeEach(async () => {
    place = await makeWorkplace();
    server = place.up(['--http', '0']);
    url = `http://127.0.0.1:${(await server.ready).ports.http!}`;
  });

  afterEach(() => place.close());

  it('shows what the command line made, and takes what it will show', async () => {
    await place.sluice(['queue', 'declare', 'orders']);
    expect((await ask(url, 'GET', '/v1/queues/%2F/orders')).json).toMatchObject({
      name: 'orders',
      durable: true,
    });
    const json = { text: 'hello' };
    expect((await ask(url, 'POST', '/v1/queues/%2F/orders/messages', { json })).json).toEqual({
      routed: true,
    });
    expect((await place.sluice(['queue', 'peek', 'orders'])).stdout).toContain('hello');
    expect((await ask(url, 'GET', '/v1/tasks')).json.items).toEqual([]);
    const { json: status } = await ask(url, 'GET', '/v1/status');
    expect(status).toMatchObject({ state: 'ready', directory: place.data });
  });

  it('analyses deadlines as the command does, and names what is wrong', async () => {
    const tasks = [
      { name: 'charge', cost: '3ms', period: 10 },
      { name: 'report', cost: 9, period: 60 },
    ];
    const { json } = await ask(url, 'POST', '/v1/analyze', { json: { tasks, schedule: true } });
    expect(json).toMatchObject({ schedulable: false, exact: true, schedule: { horizon: 60, workers: 1 } });
    const two = await ask(url, 'POST', '/v1/analyze', { json: { tasks, workers: 2 } });
    expect(two.json).toMatchObject({ schedulable: true });
    const wrong = [{ name: 'charge', cost: 'x', period: 10 }];
    const refused = await ask(url, 'POST', '/v1/analyze', { json: { tasks: wrong } });
    expect(refused.json).toMatchObject({ status: 400, code: 'bad-input' });
    expect(refused.json['detail']).toContain('tasks[0].cost');
  });

  it('is killed while a client watches, who sees the end, and watches again after the restart', async () => {
    const watch = async (): Promise<ReadableStreamDefaultReader<Uint8Array>> => {
      const headers = { authorization: basic('guest:guest') };
      const reader = (await fetch(`${url}/v1/events`, { headers })).body!.getReader();
      expect((await reader.read()).done).toBe(false);
      return reader;
    };
    const toEnd = async (reader: ReadableStreamDefaultReader<Uint8Array>): Promise<string> => {
      while (!(await reader.read()).done);
      return 'ended politely';
    };
    await ask(url, 'PUT', '/v1/queues/%2F/kept', { json: {} });
    const reader = await watch();
    const killed = server.end('SIGKILL', 5_000);
    await expect(toEnd(reader)).rejects.toThrow('terminated');
    await killed;
    server = place.up(['--http', '0']);
    url = `http://127.0.0.1:${(await server.ready).ports.http!}`;
    expect((await ask(url, 'GET', '/v1/queues/%2F/kept')).status).toBe(200);
    const again = await watch();
    const [{ code }] = await Promise.all([server.end('SIGTERM', 20_000), toEnd(again).catch(() => 'cut')]);
    expect(code).toBe(0);
  });

  it('gives definitions that it takes again, and names what it does not take', async () => {
    await ask(url, 'PUT', '/v1/queues/%2F/kept', { json: {} });
    const { json } = await ask(url, 'GET', '/v1/definitions');
    expect(json['queues']).toMatchObject([{ name: 'kept' }]);
    await ask(url, 'DELETE', '/v1/queues/%2F/kept');
    const document = { ...json, global_parameters: [{ name: 'p' }] };
    const report = await ask(url, 'POST', '/v1/definitions?dryRun=false', { json: document });
    expect(report.json).toMatchObject({
      counts: { queues: { created: 1 }, global_parameters: { unsupported: 1 } },
    });
    expect((await ask(url, 'GET', '/v1/queues/%2F/kept')).status).toBe(200);
    const export_ = JSON.parse((await place.sluice(['definitions', 'export'])).stdout) as { queues: unknown };
    expect(export_.queues).toEqual(json['queues']);
  });

  it('changes users, who may then sign in and do what they were given', async () => {
    const user = 'ann:secret words';
    expect(
      (await ask(url, 'PUT', '/v1/users/ann', { json: { password: 'secret words', tags: ['management'] } }))
        .status,
    ).toBe(204);
    expect((await ask(url, 'GET', '/v1/queues', { user })).json).toMatchObject({ total: 0 });
    expect((await ask(url, 'PUT', '/v1/queues/%2F/mine', { user, json: {} })).status).toBe(403);
    const rights = { configure: '^mine', write: '^mine', read: '^mine' };
    expect((await ask(url, 'PUT', '/v1/permissions/%2F/ann', { json: rights })).status).toBe(204);
    expect((await ask(url, 'PUT', '/v1/queues/%2F/mine', { user, json: {} })).status).toBe(200);
    expect((await ask(url, 'PUT', '/v1/queues/%2F/others', { user, json: {} })).status).toBe(403);
    expect((await ask(url, 'GET', '/v1/users')).json.items.map(({ name }) => name)).toEqual(['ann', 'guest']);
    expect((await ask(url, 'GET', '/v1/users')).text).not.toMatch(/argon2id\$|secret/);
    expect((await place.sluice(['audit', 'tail'])).stdout).toContain("queue 'mine'");
  });
});
