import { expect, it } from 'vitest';
import { routeTable } from './api/route-table.js';
import { addIncident, addReceiver } from './testing/http-alerts.js';
import { addStatus } from './testing/http-engines.js';
import { addRemedy } from './testing/http-remedies.js';
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
  await ask('PUT', '/v1/queues/%2F/sluice.dead.orders', { json: {} });
  const policy = { pattern: 'orders', definition: { expires: 60_000 } };
  for (const kind of ['policies', 'operator-policies'])
    await ask('PUT', `/v1/${kind}/%2F/cap`, { json: policy });
  await ask('POST', '/v1/silences', {
    json: { match: { queue: 'other' }, forMs: 60_000, reason: 'deployment' },
  });
  const id = await addIncident(fixture, 'orders');
  await addReceiver(fixture);
  addStatus(fixture);
  await ask('POST', '/v1/session', { json: { user: 'ann', password: 'ann' } });
  const remedy = await addRemedy(fixture, 'orders');
  const described = routeTable.filter(({ method, answer }) => method === 'GET' && answer !== undefined);
  const queries: Record<string, string> = {
    '/v1/series': '?series=messages_ready&queue=orders',
    '/v1/messages/trace': '?queue=orders&position=1',
    '/v1/permissions/check': '?vhost=%2F&kind=queue&name=orders',
  };
  const groups = await ask('GET', '/v1/dead-letters/%2F/orders/groups');
  const [first] = groups.json['groups'] as { readonly fingerprint: string }[];
  const group = first!.fingerprint;
  const asked = { vhost: '/', queue: 'sluice.dead.orders', to: 'orders' };
  const redrive = (await ask('POST', '/v1/redrives', { json: asked })).json;
  const idOf: Record<string, string> = { 'remedy-runs': remedy, redrives: String(redrive['id']) };
  const checked: string[] = [];
  for (const { method, path, answer } of described) {
    const ids = { id: idOf[path.split('/')[2]!] ?? id };
    const parts = {
      ...ids,
      vhost: '%2F',
      queue: 'orders',
      position: '1',
      kind: 'queue',
      name: 'orders',
      exchange: 'amq.topic',
      engine: 'embedded',
      group,
    };
    const filled = path.replace(/\{(\w+)\}/g, (_, part: keyof typeof parts) => parts[part]);
    const { status, json } = await ask(method, filled + (queries[path] ?? ''));
    if (status !== 200) continue;
    expect(answer!.safeParse(json).data, `${method} ${path}`).toEqual(json);
    const isList = path !== '/v1/whoami' && 'items' in json;
    if (isList) expect(json.items.length, path).toBeGreaterThan(0);
    checked.push(`${method} ${path}`);
  }
  expect(described.map(({ method, path }) => `${method} ${path}`)).toEqual(checked);
  await fixture.close();
});
