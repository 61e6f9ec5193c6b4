import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeClock } from '../../kernel/index.js';
import { Caller } from '../caller.js';
import { EventStream } from './event-stream.js';
import { basic, httpFixture, type HttpFixture } from '../testing/http-fixture.js';

let fixture: HttpFixture;

beforeEach(async () => {
  fixture = await httpFixture();
});

afterEach(() => fixture.close());

interface Event {
  readonly event: string;
  readonly data: Record<string, unknown>;
}

/** Events of the stream as they come. */
async function* events(user = 'guest:guest', signal?: AbortSignal): AsyncGenerator<Event, void, undefined> {
  const response = await fetch(`${fixture.url}/v1/events`, {
    headers: { authorization: basic(user) },
    ...(signal === undefined ? {} : { signal }),
  });
  expect(response.headers.get('content-type')).toContain('text/event-stream');
  expect(response.headers.get('cache-control')).toBe('no-store');
  let text = '';
  for await (const chunk of response.body!) {
    text += Buffer.from(chunk as Uint8Array).toString('utf8');
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const [, event, data] = /^event: (\w+)\ndata: (.*)$/.exec(text.slice(0, end)) ?? ([] as string[]);
      text = text.slice(end + 2);
      if (event !== undefined) yield { event, data: JSON.parse(data!) as Event['data'] };
    }
  }
}

async function next(stream: AsyncGenerator<Event, void, undefined>, event: string): Promise<Event['data']> {
  for (;;) {
    const { value, done } = await stream.next();
    if (done === true) throw new RangeError(`the stream ended before ${event}`);
    if (value.event === event) return value.data;
  }
}

async function declare(queue: string, vhost = '/'): Promise<void> {
  await fixture.server.call('queue.declare', {
    vhost,
    queue,
    durable: true,
    autoDelete: false,
    arguments: {},
  });
}

async function publish(queue: string): Promise<void> {
  const message = { vhost: '/', exchange: '', routingKey: queue, properties: {}, body: '' };
  await fixture.server.call('publish', message);
}

describe('events', () => {
  it('tell totals, queues that changed, and what came and went', async () => {
    const name = '"><b>\n\ndata: x';
    await declare('still');
    await declare('gone');
    const stream = events();
    expect(await next(stream, 'totals')).toMatchObject({ queues: 2, ready: 0 });
    await declare(name);
    await publish(name);
    await fixture.server.call('queue.delete', { vhost: '/', queue: 'gone', ifUnused: false, ifEmpty: false });
    const { changed, left } = (await next(stream, 'queues')) as { changed: unknown[]; left: number };
    expect(changed).toMatchObject([{ vhost: '/', name, ready: 1, unacknowledged: 0 }]);
    expect(left).toBe(0);
    expect(await next(stream, 'topology')).toEqual({
      declared: [{ vhost: '/', name }],
      deleted: [{ vhost: '/', name: 'gone' }],
      left: 0,
    });
    expect(await next(stream, 'totals')).toMatchObject({ queues: 2, ready: 1, rates: { delivered: 0 } });
    await stream.return(undefined);
  });

  it('tell nothing of virtual hosts that the user may not enter', async () => {
    await fixture.addUser('reader', ['management'], '.*');
    await fixture.server.call('vhost.add', { vhost: 'private' });
    await declare('hidden', 'private');
    const stream = events('reader:reader');
    expect(await next(stream, 'totals')).toMatchObject({ queues: 0 });
    await declare('secret', 'private');
    await declare('open');
    expect(await next(stream, 'topology')).toEqual({
      declared: [{ vhost: '/', name: 'open' }],
      deleted: [],
      left: 0,
    });
    await stream.return(undefined);
  });

  it('end with the reason when the right is taken away', async () => {
    await fixture.addUser('reader', ['management'], '.*');
    const stream = events('reader:reader');
    await next(stream, 'totals');
    await fixture.server.call('user.delete', { name: 'reader' });
    expect(await next(stream, 'end')).toEqual({ reason: 'signed-out' });
    expect((await stream.next()).done).toBe(true);
  });

  it('need a sign-in, and are limited in number', async () => {
    expect((await fixture.ask('GET', '/v1/events', { user: null })).status).toBe(401);
    const abort = new AbortController();
    const streams = Array.from({ length: 64 }, () => events('guest:guest', abort.signal));
    await Promise.all(streams.map((stream) => next(stream, 'totals')));
    expect((await fixture.ask('GET', '/v1/events')).json).toMatchObject({
      code: 'limit-reached',
      retryable: true,
    });
    abort.abort();
  });

  it('let a client go that does not read, with the reason', () => {
    const written: string[] = [];
    let [isEnded, waiting] = [false, 0];
    const response = {
      get writableLength() {
        return waiting;
      },
      write: (text: string) => written.push(text),
      end: () => (isEnded = true),
      destroy: () => written.push('destroyed'),
    } as unknown as ServerResponse;
    const { access } = fixture.server.services;
    const clock = new FakeClock();
    const stream = new EventStream(response, new Caller(access, access.operator), clock);
    expect(stream.tell({ atMs: 0, vhosts: new Map() })).toBe(true);
    waiting = 300_000;
    expect(stream.tell({ atMs: 1, vhosts: new Map() })).toBe(false);
    expect(isEnded).toBe(true);
    expect(written.at(-1)).toBe('event: end\ndata: {"reason":"too-slow"}\n\n');
    clock.advance(2_000);
    expect(written.at(-1)).toBe('destroyed');
    expect(stream.tell({ atMs: 2, vhosts: new Map() })).toBe(false);
    expect(written).toHaveLength(3);
  });
});
