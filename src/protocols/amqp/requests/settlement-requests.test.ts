/** Requests that end deliveries, over a socket. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { encodeProperties, fieldTable } from '../../../broker/index.js';
import { RequestClient, type Step } from '../testing/request-client.js';
import { startTestServer, type TestServer } from '../testing/test-server.js';

let server: TestServer;
let client: RequestClient;

beforeEach(async () => {
  server = await startTestServer();
  client = await RequestClient.open(server);
});

afterEach(async () => {
  await server.stop();
});

const plain = encodeProperties({ deliveryMode: 2 });

function commit(...steps: readonly Step[]) {
  return client.ask('commit', {}, RequestClient.commitBody(steps));
}

function counts(queue: string) {
  const { ready, unacknowledged } = server.broker.administration
    .listQueues()
    .find(({ name }) => name === queue)!;
  return { ready, unacknowledged };
}

describe('a commit', () => {
  it('acknowledges, puts and sends as one step', async () => {
    await client.queue('next');
    const tag = await client.deliveryOf('q', 'task');
    const answer = await commit(
      { kind: 'acknowledge', tag },
      { kind: 'put', key: 'r', value: 'done', ttlMs: 60_000 },
      { kind: 'put', key: 's', value: 'too', expected: 'absent' },
      { kind: 'send', queue: 'next', properties: plain, body: 'follow' },
      { kind: 'send', queue: 'next', properties: plain, body: 'x'.repeat(200_000) },
    );
    expect(answer.headers).toMatchObject({ status: 'ok' });
    expect(counts('q')).toEqual({ ready: 0, unacknowledged: 0 });
    expect(counts('next')).toEqual({ ready: 2, unacknowledged: 0 });
    expect((await client.ask('records.get', { key: 'r' })).body).toBe('done');
    expect(await client.get('next')).toBe('follow');
    expect(await client.get('next')).toBe('x'.repeat(200_000));
  });

  it('does nothing where a record is not as expected', async () => {
    const put = await client.ask('records.put', { key: 'r' }, 'one');
    const tag = await client.deliveryOf('q', 'task');
    const answer = await commit(
      { kind: 'put', key: 's', value: 'x' },
      { kind: 'put', key: 'r', value: 'two', expected: 'absent' },
      { kind: 'send', queue: 'q', properties: plain, body: 'x' },
      { kind: 'acknowledge', tag },
    );
    expect(answer.headers).toMatchObject({
      status: 'conflict',
      key: 'r',
      version: put.headers['version'],
    });
    expect((await client.ask('records.get', { key: 's' })).headers['status']).toBe('absent');
    expect(counts('q')).toEqual({ ready: 0, unacknowledged: 1 });
  });

  it('is refused as a whole: a queue that is not there or full, properties that lie, an unknown delivery', async () => {
    await client.queue('full', { 'x-max-length': 1, 'x-overflow': 'reject-publish' });
    await client.queue('q');
    const put: Step = { kind: 'put', key: 'r', value: 'x' };
    const to = (queue: string, properties = plain): Step => ({ kind: 'send', queue, properties, body: '' });
    const cases: [Step[], string][] = [
      [[put, to('nowhere')], 'not-found'],
      [[put, to('full'), to('full')], 'limit-reached'],
      [[put, to('q', encodeProperties({ userId: 'somebody' }))], 'precondition-failed'],
      [[put, to('q', encodeProperties({ expiration: 'soon' }))], 'precondition-failed'],
      [[put, to('q', Buffer.from([0x80, 0, 9]))], 'bad-input'],
      [[put, to('q', Buffer.from([0x20, 0, 0, 0, 0, 2, 9, 9]))], 'bad-input'],
      [[put, { kind: 'acknowledge', tag: 99 }], 'precondition-failed'],
      [[put, { kind: 'put', key: 'k'.repeat(513), value: '' }], 'bad-input'],
    ];
    for (const [steps, code] of cases) {
      const { headers } = await commit(...steps);
      expect(headers, JSON.stringify(steps)).toMatchObject({ status: 'refused', code });
      expect(headers['retryable']).toBe(code === 'limit-reached' ? true : undefined);
    }
    expect((await client.ask('commit', {}, Buffer.from([9]))).headers['code']).toBe('bad-input');
    expect((await client.ask('records.get', { key: 'r' })).headers['status']).toBe('absent');
    expect(counts('full')).toEqual({ ready: 0, unacknowledged: 0 });
    expect(counts('q')).toEqual({ ready: 0, unacknowledged: 0 });
  });

  it('is lost with the queue of its delivery', async () => {
    const tag = await client.deliveryOf('q', 'task');
    client.send(1, { name: 'queue.delete', queue: 'q', ifUnused: false, ifEmpty: false, noWait: false });
    await client.next('queue.delete-ok');
    const answer = await commit({ kind: 'acknowledge', tag }, { kind: 'put', key: 'r', value: 'x' });
    expect(answer.headers['status']).toBe('lost');
    expect((await client.ask('records.get', { key: 'r' })).headers['status']).toBe('absent');
  });

  it('leaves nothing in the open transaction when it is refused', async () => {
    await client.queue('q');
    client.send(1, { name: 'tx.select' });
    await client.next('tx.select-ok');
    const refused = await commit(
      { kind: 'send', queue: 'q', properties: plain, body: 'x' },
      { kind: 'put', key: '', value: 'x' },
    );
    expect(refused.headers['status']).toBe('refused');
    client.request('commit', {}, RequestClient.commitBody([{ kind: 'put', key: 'a', value: 'x' }]));
    client.send(1, { name: 'tx.commit' });
    expect((await client.answer()).headers['status']).toBe('ok');
    await client.next('tx.commit-ok');
    expect(counts('q')).toEqual({ ready: 0, unacknowledged: 0 });
  });

  it('needs the rights of what it does', async () => {
    const { access, operator } = server;
    await access.addUser({ name: 'reader', password: 'reader' }, operator);
    await access.setPermissions(
      { user: 'reader', vhost: '/', configure: '', write: '^sluice$', read: '.*' },
      operator,
    );
    await client.queue('q');
    client = await RequestClient.open(server, { user: 'reader', password: 'reader' });
    const put: Step = { kind: 'put', key: 'r', value: 'x' };
    const send: Step = { kind: 'send', queue: 'q', properties: plain, body: '' };
    expect((await commit(put, send)).headers).toMatchObject({ code: 'access-refused' });
    expect((await commit(put)).headers).toMatchObject({ status: 'ok' });
    await access.setPermissions(
      { user: 'reader', vhost: '/', configure: '', write: '', read: '.*' },
      operator,
    );
    expect((await commit(put)).headers).toMatchObject({ code: 'access-refused' });
  });

  it('is confirmed when it is durable, and refused by a nack where nobody is told', async () => {
    client.send(1, { name: 'confirm.select', noWait: false });
    await client.next('confirm.select-ok');
    const body = RequestClient.commitBody([{ kind: 'put', key: 'r', value: 'x', expected: 'absent' }]);
    const properties = encodeProperties({ headers: fieldTable({}) });
    client.publish('commit', body, { exchange: 'sluice', properties });
    expect(await client.next('basic.ack')).toMatchObject({ deliveryTag: 1 });
    client.publish('commit', body, { exchange: 'sluice', properties });
    expect(await client.next('basic.nack')).toMatchObject({ deliveryTag: 2 });
  });
});

describe('a delivery that failed', () => {
  it('comes again at its own place, and is counted', async () => {
    const tag = await client.deliveryOf('q', 'one');
    client.publish('q', 'two');
    await client.next('basic.deliver');
    await client.content();
    expect((await client.ask('retry', { 'delivery-tag': tag, after: 1 })).headers['status']).toBe('ok');
    await client.next('basic.deliver');
    const { properties, body } = await client.content();
    expect(body.toString()).toBe('one');
    expect(properties.includes('x-delivery-count')).toBe(true);
    const unknown = await client.ask('retry', { 'delivery-tag': 99 });
    expect(unknown.headers).toMatchObject({ status: 'refused', code: 'precondition-failed' });
    const never = await client.ask('retry', { 'delivery-tag': tag + 1, after: 2 ** 40 });
    expect(never.headers).toMatchObject({ status: 'refused', code: 'bad-input' });
  });

  it('moves to the queue that is named, with what went wrong', async () => {
    const tag = await client.deliveryOf('q', 'bad');
    const headers = fieldTable({ 'x-failure-reason': 'cannot be read' });
    const letter = { 'delivery-tag': tag, queue: 'dead', headers };
    expect((await client.ask('dead-letter', letter)).headers['code']).toBe('not-found');
    await client.queue('dead');
    expect((await client.ask('dead-letter', letter)).headers['status']).toBe('ok');
    expect(counts('dead').ready).toBe(1);
    expect(counts('q')).toEqual({ ready: 0, unacknowledged: 0 });
    expect(await client.get('dead')).toBe('bad');
    expect((await client.ask('dead-letter', letter)).headers['code']).toBe('precondition-failed');
  });
});
