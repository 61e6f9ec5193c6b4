import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seriesRoutes } from './routes/series-routes.js';
import { httpFixture, type HttpFixture } from './testing/http-fixture.js';

let fixture: HttpFixture;
let to: number;

beforeAll(async () => {
  fixture = await httpFixture();
  const { server } = fixture;
  await server.call('vhost.add', { vhost: 'other' });
  for (const vhost of ['/', 'other'])
    await server.call('queue.declare', {
      ...{ vhost, queue: 'orders', durable: true, autoDelete: false, arguments: {} },
    });
  for (let second = 0; second < 4; second++) {
    await server.measure();
    const message = { exchange: '', routingKey: 'orders', properties: {}, body: 'eA==' };
    await server.call('publish', { vhost: '/', ...message });
  }
  to = Math.floor(server.clock.now() / 1_000);
  await fixture.addUser('ann', ['management'], '.*');
});

afterAll(() => fixture.close());

async function readMany(series: readonly object[], more: object = {}, user = 'guest:guest') {
  const answer = await fixture.ask('POST', '/v1/series', { json: { series, ...more }, user });
  if (answer.status === 200) {
    const schema = seriesRoutes.find(({ method }) => method === 'POST')!.answer!;
    expect(schema.safeParse(answer.json).data).toEqual(answer.json);
  }
  return answer;
}

const ready = { series: 'messages_ready', queue: 'orders' };
const problemsOf = (items: readonly Record<string, unknown>[]) =>
  items.map(({ problem }) => (problem as { code: string } | undefined)?.code);

describe('many series', () => {
  it('are those that are told alone, in the order in which they are asked for', async () => {
    const times = { from: to - 4, to, step: 1 };
    const published = { ...ready, series: 'messages_published_total' };
    const { json } = await readMany([
      { ...published, ...times },
      { ...ready, ...times },
    ]);
    expect(json.items).toMatchObject([
      { series: 'sluice_messages_published_total', stretches: [{ values: [null, 1, 1, 1] }] },
      { series: 'sluice_messages_ready', toSecond: to, stretches: [{ values: [0, 1, 2, 3] }] },
    ]);
    const alone = `/v1/series?series=messages_ready&queue=orders&from=${to - 4}&to=${to}&step=1`;
    expect((await fixture.ask('GET', alone)).json).toEqual(json.items[1]);
  });

  it('end after the newest measurement, and go on from there', async () => {
    const whole = { ...ready, seconds: 4, step: 1 };
    const { items } = (await readMany([whole], { brief: true })).json;
    const newest = fixture.server.services.figures!.second!;
    expect(items).toEqual([
      {
        toSecond: newest + 1,
        stretches: [{ startSecond: newest - 3, stepSeconds: 1, isCoarser: false, values: [0, 1, 2, 3] }],
      },
    ]);
    const next = { ...ready, from: newest, step: 1 };
    const more = (await readMany([next], { brief: true })).json;
    expect(more.items).toMatchObject([{ stretches: [{ startSecond: newest, values: [3] }] }]);
  });

  it('are refused each by itself', async () => {
    const { json, status } = await readMany([
      ready,
      { series: 'nothing' },
      { series: 'messages_ready' },
      { ...ready, from: 5, to: 5 },
      { ...ready, from: 5, seconds: 5 },
      { ...ready, from: 0, step: 1 },
      { ...ready, vhost: 'other' },
    ]);
    expect(status).toBe(200);
    const bad = 'bad-input';
    expect(problemsOf(json.items)).toEqual([undefined, 'not-found', bad, bad, bad, bad, undefined]);
  });

  it('show nothing of virtual hosts that the user may not enter, nor of the server', async () => {
    const asked = [ready, { ...ready, vhost: 'other' }, { series: 'connections' }];
    const { json } = await readMany(asked, {}, 'ann:ann');
    expect(problemsOf(json.items)).toEqual([undefined, 'access-refused', 'access-refused']);
  });

  it('are bounded in number', async () => {
    expect((await readMany([])).status).toBe(400);
    expect((await readMany(Array.from({ length: 101 }, () => ready))).status).toBe(400);
    expect((await readMany([{ ...ready, colour: 'red' }])).status).toBe(400);
  });

  it('are bounded in points: what is beyond them is refused, not cut', async () => {
    for (let second = 0; second < 700; second++) await fixture.server.measure();
    const wide = { ...ready, seconds: 700, step: 1 };
    const { items } = (await readMany(Array.from({ length: 100 }, () => wide))).json;
    const whole = Math.ceil(60_000 / 700);
    const bounded = Array.from({ length: 100 }, (_, index) => (index < whole ? undefined : 'bad-input'));
    expect(problemsOf(items)).toEqual(bounded);
    for (const { stretches } of items.slice(0, whole))
      expect((stretches as { values: unknown[] }[]).flatMap(({ values }) => values)).toHaveLength(700);
  });
});
