/** Searching, reading and moving messages over HTTP. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { httpFixture, type HttpFixture } from './testing/http-fixture.js';

let fixture: HttpFixture;
const path = '/v1/queues/%2F/open-orders';

beforeAll(async () => {
  fixture = await httpFixture();
  await fixture.addUser('reader', ['management'], '^open');
  for (const name of ['open-orders', 'open-later', 'secret'])
    await fixture.ask('PUT', `/v1/queues/%2F/${name}`, { json: {} });
  for (const tenant of ['acme', 'other', 'acme'])
    await fixture.ask('POST', `${path}/messages`, {
      json: { text: `order of ${tenant}`, properties: { headers: { tenant, kind: 'a&b=c' } } },
    });
});

afterAll(() => fixture.close());

const ask: HttpFixture['ask'] = (...given) => fixture.ask(...given);
const positions = (answer: Awaited<ReturnType<typeof ask>>): unknown[] =>
  answer.json.items.map((each) => each['position']);

it('finds messages by one value or several of the query', async () => {
  expect(positions(await ask('GET', `${path}/messages/search`))).toEqual([0, 1, 2]);
  expect(positions(await ask('GET', `${path}/messages/search?header=tenant%3Dacme`))).toEqual([0, 2]);
  const two = `header=tenant%3Dacme&header=${encodeURIComponent('kind=a&b=c')}&state=ready&state=held`;
  expect(positions(await ask('GET', `${path}/messages/search?${two}&limit=1`))).toEqual([0]);
  expect(positions(await ask('GET', `${path}/messages/search?body=OTHER&ignoreCase=true`))).toEqual([1]);
  for (const wrong of ['state=gone', 'limit=201', 'limit=0', 'from=-1', 'property=colour', 'unknown=1'])
    expect((await ask('GET', `${path}/messages/search?${wrong}`)).status, wrong).toBe(400);
});

it('gives one message, and a part of its body', async () => {
  const { json } = await ask('GET', `${path}/messages/1/content?from=9&bytes=3`);
  expect(json).toMatchObject({ position: 1, bodyBytes: 14, properties: { headers: { tenant: 'other' } } });
  expect(Buffer.from(String(json['body']), 'base64').toString()).toBe('oth');
  expect((await ask('GET', `${path}/messages/9/content`)).status).toBe(404);
});

it('moves only for who may read the one queue and publish', async () => {
  const json = { to: 'open-later', where: { header: 'tenant=acme' } };
  const reader = 'reader:reader';
  expect((await ask('POST', `${path}/move`, { json, user: reader })).status).toBe(403);
  const back = { to: 'open-orders' };
  expect((await ask('POST', '/v1/queues/%2F/secret/move', { json: back, user: reader })).status).toBe(403);
  const dry = await ask('POST', `${path}/move`, { json: { ...json, dryRun: true } });
  expect(dry.json).toMatchObject({ moved: 2, total: 3, isFull: false });
  expect((await ask('POST', `${path}/move`, { json })).json).toMatchObject({ moved: 2, total: 1 });
  expect((await ask('POST', `${path}/move`, { json: { to: 'nowhere' } })).status).toBe(404);
  expect((await ask('POST', `${path}/move`, { json: { to: 'open-orders' } })).status).toBe(400);
  expect((await ask('POST', `${path}/move`, { json: { ...json, where: { colour: 'red' } } })).status).toBe(
    400,
  );
});
