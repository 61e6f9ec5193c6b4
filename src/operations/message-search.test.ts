/** Searching and moving the messages of a queue, over a broker in memory. */
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { OperationInput, OperationResult } from './registry.js';
import { memoryServer, type MemoryServer } from './testing/memory-server.js';

let server: MemoryServer;
const inRoot = { vhost: '/' };

beforeEach(async () => {
  server = await memoryServer();
  for (const queue of ['q', 'other']) await declare(queue);
});

afterEach(() => server.close());

async function declare(queue: string, table: Record<string, unknown> = {}): Promise<void> {
  await server.call('queue.declare', {
    ...inRoot,
    queue,
    durable: true,
    autoDelete: false,
    arguments: table,
  });
}

async function publish(body: string | Buffer, properties: object = {}): Promise<void> {
  const base64 = Buffer.from(body).toString('base64');
  await server.call('publish', { ...inRoot, exchange: '', routingKey: 'q', properties, body: base64 });
}

type Searching = Partial<OperationInput<'queue.search'>>;

const search = (given: Searching): Promise<OperationResult<'queue.search'>> =>
  server.call('queue.search', { ...inRoot, queue: 'q', from: 0, limit: 200, ...given });

const found = async (given: Searching): Promise<number[]> =>
  (await search(given)).items.map(({ position }) => position);

const move = (given: Partial<OperationInput<'queue.move'>> = {}): Promise<OperationResult<'queue.move'>> =>
  server.call('queue.move', {
    ...{ ...inRoot, queue: 'q', to: 'other', from: 0, count: 1_000, dryRun: false },
    ...given,
  });

const ready = async (queue: string): Promise<number> =>
  (await server.call('queue.show', { ...inRoot, queue })).ready;

describe('a search', () => {
  it('finds by header, property and routing key, all that is given, with * for anything', async () => {
    await publish('a', { headers: { tenant: 'acme', attempt: 3 }, contentType: 'text/plain' });
    await publish('b', { headers: { tenant: 'Acme Ltd' }, contentType: 'application/json', priority: 5 });
    await publish('c', { headers: { other: 'tenant' }, type: 'acme' });
    expect(await found({})).toEqual([0, 1, 2]);
    expect(await found({ header: 'tenant' })).toEqual([0, 1]);
    expect(await found({ header: 'tenant=acme' })).toEqual([0]);
    expect(await found({ header: 'tenant=acme*', ignoreCase: true })).toEqual([0, 1]);
    expect(await found({ header: ['tenant=acme', 'attempt=3'] })).toEqual([0]);
    expect(await found({ header: 'attempt=4' })).toEqual([]);
    expect(await found({ property: ['content-type=*json', 'priority=5'] })).toEqual([1]);
    expect(await found({ property: 'type' })).toEqual([2]);
    expect(await found({ key: 'q', exchange: '' })).toEqual([0, 1, 2]);
    expect(await found({ key: 'x*' })).toEqual([]);
    await expect(search({ property: 'colour=red' })).rejects.toMatchObject({ code: 'bad-input' });
  });

  it('finds names such as constructor only where a message has them', async () => {
    await publish('a', { headers: { plain: 1 } });
    await publish('b', { headers: { constructor: 'y' } });
    expect(await found({ header: '__proto__' })).toEqual([]);
    expect(await found({ header: 'constructor' })).toEqual([1]);
  });

  it('finds by time and by state', async () => {
    await publish('a', { headers: { 'x-delay': 60_000 } });
    server.clock.advance(1_000);
    await publish('b');
    const nowMs = server.clock.now();
    expect(await found({ state: 'delayed' })).toEqual([0]);
    expect(await found({ state: ['ready', 'held'] })).toEqual([1]);
    expect(await found({ arrivedFromMs: nowMs })).toEqual([1]);
    expect(await found({ arrivedUntilMs: nowMs - 1 })).toEqual([0]);
  });

  it('looks into bodies by their encoding', async () => {
    const text = 'a needle in {"hay":true}';
    const encoded = {
      gzip: gzipSync(text),
      deflate: deflateSync(text),
      br: brotliCompressSync(text),
      identity: Buffer.from(text),
      zstd: Buffer.from(text),
    };
    for (const [contentEncoding, body] of Object.entries(encoded)) await publish(body, { contentEncoding });
    await publish(deflateRawSync(text), { contentEncoding: 'deflate' });
    await publish('needle, but not gzip', { contentEncoding: 'gzip' });
    await publish('nothing');
    const answer = await search({ body: 'needle' });
    expect(answer.items.map(({ position }) => position)).toEqual([0, 1, 2, 3, 5]);
    expect(answer).toMatchObject({ lookedAt: 8, total: 8, undecodable: 2, partly: 0 });
    expect(await found({ body: 'NEEDLE' })).toEqual([]);
    expect(await found({ body: 'NEEDLE', ignoreCase: true })).toEqual([0, 1, 2, 3, 5]);
  });

  it('undoes no more of a bomb than its bound, and says so', async () => {
    const bomb = gzipSync(Buffer.alloc(64 * 1_024 * 1_024));
    await publish(bomb, { contentEncoding: 'gzip' });
    const before = process.memoryUsage().arrayBuffers;
    expect(await search({ body: 'needle' })).toMatchObject({ items: [], partly: 1, undecodable: 0 });
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(32 * 1_024 * 1_024);
  });

  it('takes hostile bodies as bytes', async () => {
    const bodies = ['<script>alert(1)</script>', '\u001b[31m\u202e', 'a\0b', '['.repeat(10_000)];
    for (const body of bodies) await publish(body);
    await publish(Buffer.from([0xff, 0xfe, 0x41, 0x80]));
    for (const [position, body] of bodies.entries())
      expect(await found({ body: body.slice(0, 1_000) })).toEqual([position]);
    expect(await found({ body: 'A', state: 'ready' })).toEqual([4]);
  });

  it('stops when it has found enough, and goes on from there', async () => {
    for (let n = 0; n < 10; n++) await publish(`m${n}`, { headers: { even: n % 2 === 0 } });
    const first = await search({ header: 'even=true', limit: 2 });
    expect(first).toMatchObject({
      items: [{ position: 0 }, { position: 2 }],
      next: 3,
      until: 10,
      lookedAt: 3,
    });
    const rest = await search({ header: 'even=true', from: 3, until: 10 });
    expect(rest.items.map(({ position }) => position)).toEqual([4, 6, 8]);
    expect(rest.next).toBeUndefined();
  });
});

describe('one message', () => {
  it('of a MiB, which no record holds, is published, searched, read to its end, and moved', async () => {
    const text = `${'.'.repeat(1_048_570)}needle`;
    await publish(text);
    expect(await search({ body: 'needle' })).toMatchObject({ items: [{ bodyBytes: 1_048_576 }], partly: 0 });
    expect(await move()).toMatchObject({ moved: 1, movedBytes: 1_048_576 });
    const place = { ...inRoot, queue: 'other', position: 0 };
    const end = await server.call('queue.message', { ...place, from: 1_048_569, bytes: 100 });
    expect(Buffer.from(end.body, 'base64').toString()).toBe('.needle');
  });

  it('is read in parts, whatever state it is in', async () => {
    await publish('0123456789', { headers: { 'x-delay': 60_000 } });
    const read = (from: number, bytes: number) =>
      server.call('queue.message', { ...inRoot, queue: 'q', position: 0, from, bytes });
    const part = await read(3, 4);
    expect(part).toMatchObject({ position: 0, state: 'delayed', bodyBytes: 10 });
    expect(Buffer.from(part.body, 'base64').toString()).toBe('3456');
    expect((await read(10, 4)).body).toBe('');
    await expect(
      server.call('queue.message', { ...inRoot, queue: 'q', position: 1, from: 0, bytes: 1 }),
    ).rejects.toMatchObject({ code: 'not-found' });
  });
});

describe('moving', () => {
  it('counts first and changes nothing, then moves what was counted, in order', async () => {
    for (let n = 0; n < 6; n++) await publish(`m${n}`, { headers: { even: n % 2 === 0 } });
    const where = { header: 'even=true' };
    expect(await move({ where, dryRun: true })).toMatchObject({ moved: 3, movedBytes: 6, lookedAt: 6 });
    expect([await ready('q'), await ready('other')]).toEqual([6, 0]);
    expect(await move({ where })).toMatchObject({ moved: 3, active: 0, isFull: false });
    expect([await ready('q'), await ready('other')]).toEqual([3, 3]);
    const there = await server.call('queue.search', { ...inRoot, queue: 'other', from: 0, limit: 10 });
    expect(there.items.map(({ body }) => Buffer.from(body, 'base64').toString())).toEqual(['m0', 'm2', 'm4']);
  });

  it('moves the positions that were named, each once, and no more than was allowed', async () => {
    for (let n = 0; n < 5; n++) await publish(`m${n}`);
    expect(await move({ positions: [4, 1, 1, 99] })).toMatchObject({ moved: 2 });
    expect(await found({})).toEqual([0, 2, 3]);
    expect(await move({ count: 1 })).toMatchObject({ moved: 1, next: 2, until: 5 });
    expect(await move({ positions: [2, 3], count: 1 })).toMatchObject({ moved: 1, next: 3 });
  });

  it('stops where the target is full, and refuses where it is full from the beginning', async () => {
    await declare('small', { 'x-max-length': 2 });
    for (let n = 0; n < 5; n++) await publish(`m${n}`);
    expect(await move({ to: 'small' })).toMatchObject({ moved: 2, isFull: true, next: 2 });
    await expect(move({ to: 'small' })).rejects.toMatchObject({ code: 'limit-reached', retryable: true });
    expect([await ready('q'), await ready('small')]).toEqual([3, 2]);
  });

  it('refuses a queue that is not there, and the same one', async () => {
    await expect(move({ to: 'nowhere' })).rejects.toMatchObject({ code: 'not-found' });
    await expect(move({ to: 'q', dryRun: true })).rejects.toMatchObject({ code: 'bad-input' });
  });
});
