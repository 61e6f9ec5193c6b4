import { expect, it } from 'vitest';
import { routeTable } from './api/route-table.js';
import { httpFixture } from './testing/http-fixture.js';

it('what the API answers is what its document says, and no more', async () => {
  const fixture = await httpFixture();
  const ask: typeof fixture.ask = (...given) => fixture.ask(...given);
  const queue = '/v1/queues/%2F/orders';
  await fixture.addUser('ann', ['management'], '.*');
  const topics = { exchange: 'amq.topic', write: '.*', read: '.*' };
  await ask('PUT', '/v1/topic-permissions/%2F/ann', { json: topics });
  await ask('PUT', queue, { json: { arguments: { 'x-max-length': 10 } } });
  await ask('POST', '/v1/bindings', { json: { vhost: '/', source: 'amq.topic', destination: 'orders' } });
  const headers = { 'x-delay': 60_000, 'x-key': 'a' };
  await ask('POST', `${queue}/messages`, { json: { json: [1], properties: { headers: { 'x-key': 'a' } } } });
  await ask('POST', `${queue}/messages`, {
    json: { text: 'a', properties: { headers, expiration: '100000' } },
  });
  const described = routeTable.filter(({ method, answer }) => method === 'GET' && answer !== undefined);
  const checked: string[] = [];
  for (const { method, path, answer } of described) {
    const filled = path.replace('{vhost}', '%2F').replace('{queue}', 'orders').replace('{position}', '1');
    const { status, json } = await ask(method, filled);
    if (status !== 200) continue;
    expect(answer!.safeParse(json).data, `${method} ${path}`).toEqual(json);
    const isList = path !== '/v1/whoami' && 'items' in json;
    if (isList) expect(json.items.length, path).toBeGreaterThan(0);
    checked.push(`${method} ${path}`);
  }
  expect(described.map(({ method, path }) => `${method} ${path}`)).toEqual(checked);
  await fixture.close();
});
