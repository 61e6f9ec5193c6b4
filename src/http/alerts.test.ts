/** `/v1/alerts`, `/v1/incidents`, `/v1/silences`, `/v1/alert-rules`: an incident's life, rights, refusals. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { addIncident, evaluate, notEmpty } from './testing/http-alerts.js';
import { httpFixture, type HttpFixture } from './testing/http-fixture.js';

let fixture: HttpFixture;

beforeEach(async () => {
  fixture = await httpFixture();
  await fixture.ask('PUT', '/v1/queues/%2F/orders', { json: {} });
  await fixture.ask('POST', '/v1/queues/%2F/orders/messages', { json: { text: 'a' } });
});

afterEach(() => fixture.close());

describe('an incident over the API', () => {
  it('is opened by a rule, acknowledged, commented on, and resolved by a purge', async () => {
    const id = await addIncident(fixture, 'orders');
    const { json: alerts } = await fixture.ask('GET', '/v1/alerts');
    expect(alerts.items).toMatchObject([{ rule: 'not-empty', state: 'firing', reading: { value: 1 } }]);
    const { json: list } = await fixture.ask('GET', '/v1/incidents');
    expect(list.items).toMatchObject([
      { id, state: 'open', alertsOpen: 1, causes: [{ signature: 'no-consumers' }] },
    ]);
    const { json: acknowledged } = await fixture.ask('POST', `/v1/incidents/${id}/acknowledge`, {
      json: { text: 'on it' },
    });
    expect(acknowledged).toMatchObject({ state: 'acknowledged', acknowledgedBy: 'guest' });
    await fixture.ask('POST', `/v1/incidents/${id}/comment`, { json: { text: 'purging' } });
    await fixture.ask('POST', '/v1/queues/%2F/orders/purge');
    await evaluate(fixture);
    const { json } = await fixture.ask('GET', `/v1/incidents/${id}`);
    expect(json).toMatchObject({ state: 'resolved', alerts: [{ state: 'resolved', reading: { value: 0 } }] });
    const timeline = json['timeline'] as { kind: string; text: string }[];
    expect(timeline.map(({ kind }) => kind)).toEqual([
      'opened',
      'cause',
      'acknowledged',
      'comment',
      'alert-resolved',
      'resolved',
    ]);
    const late = await fixture.ask('POST', `/v1/incidents/${id}/acknowledge`, { json: {} });
    expect(late).toMatchObject({ status: 409, json: { code: 'precondition-failed' } });
  });

  it('is quiet under a silence, and a silence that is ended stays readable', async () => {
    const added = await fixture.ask('POST', '/v1/silences', {
      json: { match: { queue: 'ord*' }, forMs: 60_000, reason: 'deployment' },
    });
    expect(added).toMatchObject({ status: 200, json: { by: 'guest', reason: 'deployment' } });
    const silence = String(added.json['id']);
    await addIncident(fixture, 'orders');
    const { json: alerts } = await fixture.ask('GET', '/v1/alerts');
    expect(alerts.items).toMatchObject([{ silencedBy: silence }]);
    expect(await fixture.ask('DELETE', `/v1/silences/${silence}`)).toMatchObject({ status: 200 });
    const { json: silences } = await fixture.ask('GET', '/v1/silences');
    expect(silences.items).toMatchObject([{ id: silence, toMs: fixture.server.clock.now() }]);
    const { json: after } = await fixture.ask('GET', '/v1/alerts');
    expect(after.items[0]).not.toHaveProperty('silencedBy');
  });

  it('is listed by what it is and when it was over, the most urgent first', async () => {
    const first = await addIncident(fixture, 'orders');
    await fixture.ask('POST', '/v1/queues/%2F/orders/purge');
    await evaluate(fixture);
    await fixture.ask('PUT', '/v1/queues/%2F/refunds', { json: {} });
    await fixture.ask('POST', '/v1/queues/%2F/refunds/messages', { json: { text: 'a' } });
    fixture.server.clock.advance(3_600_000);
    const urgent = { ...notEmpty, where: { queue: 'refunds' }, severity: 'critical' };
    await fixture.ask('PUT', '/v1/alert-rules/urgent', { json: urgent });
    await evaluate(fixture);
    const ids = async (query: string): Promise<unknown[]> => {
      const { json } = await fixture.ask('GET', `/v1/incidents?${query}`);
      return json.items.map(({ id }) => id);
    };
    const [second, over] = await ids('sort=urgency');
    expect(over).toBe(first);
    expect(await ids('severity=critical')).toEqual([second]);
    expect(await ids('severity=info')).toEqual([first]);
    expect(await ids(`fromMs=${fixture.server.clock.now() - 60_000}`)).toEqual([second]);
  });

  it('is not there by other numbers', async () => {
    for (const [method, path] of [
      ['GET', '/v1/incidents/none'],
      ['POST', '/v1/incidents/none/acknowledge'],
      ['DELETE', '/v1/silences/none'],
      ['DELETE', '/v1/alert-rules/none'],
    ] as const)
      expect(await fixture.ask(method, path), path).toMatchObject({
        status: 404,
        json: { code: 'not-found' },
      });
  });
});

describe('rules over the API', () => {
  const queues = { metric: 'sluice_messages_ready', above: 1 };

  it.each([
    ['an unknown series', { ...queues, metric: 'sluice_messages_redy' }, 'sluice_messages_redy'],
    ['an unknown field', { ...queues, abov: 1 }, 'abov'],
    ['no level', { metric: 'sluice_messages_ready' }, 'give either above or below'],
    ['two levels', { ...queues, below: 0 }, 'give either above or below'],
    ['levels in the wrong order', { ...queues, clear: 2 }, 'clear: must not be over above'],
    ['an unknown kind of object', { ...queues, of: 'quue' }, "of: there is no kind 'quue'"],
    ['an unknown kind of rule', { ...queues, kind: 'treshold' }, 'kind'],
    ['a bad duration', { ...queues, for: 'soon' }, 'for'],
    ['an unknown label', { ...queues, where: { que: 'a' } }, 'where.que: '],
    ['a bad pattern', { ...queues, where: { queue: '/(a/' } }, 'where.queue: pattern refused at character 2'],
    ['a bad placeholder', { ...queues, summary: '{que} is long' }, 'summary: there is no {que}'],
    ['a bad guard', { ...queues, while: [{ metric: 'sluice_consumers' }] }, 'while'],
  ])('are refused for %s, saying what is wrong and where', async (_, rule, told) => {
    const { status, json } = await fixture.ask('PUT', '/v1/alert-rules/mine', { json: rule });
    expect({ status, code: json['code'] }).toEqual({ status: 400, code: 'bad-input' });
    expect(json['detail']).toContain(told);
    const replayed = await fixture.ask('POST', '/v1/alert-rules/backtest', {
      json: { rule: { ...rule, name: 'mine' }, sinceMs: 60_000 },
    });
    expect(replayed).toMatchObject({ status: 400, json: { code: 'bad-input' } });
    expect(replayed.json['detail']).toContain(told);
  });

  it('are listed with where they are from, and only those of the API are removed', async () => {
    expect(await fixture.ask('PUT', '/v1/alert-rules/mine', { json: queues })).toMatchObject({ status: 200 });
    const { json } = await fixture.ask('GET', '/v1/alert-rules?sort=name&limit=500');
    const sources = new Map(json.items.map(({ name, source }) => [name, source]));
    expect(sources.get('mine')).toBe('api');
    expect(new Set(sources.values())).toEqual(new Set(['default', 'api']));
    const [first] = json.items.filter(({ source }) => source === 'default');
    const refused = await fixture.ask('DELETE', `/v1/alert-rules/${String(first!['name'])}`);
    expect(refused.status).toBeGreaterThanOrEqual(400);
    expect((await fixture.ask('DELETE', '/v1/alert-rules/mine')).status).toBeLessThan(300);
  });
});

describe('a rule that is tried', () => {
  it('says what it would judge now, and changes nothing', async () => {
    await fixture.server.measure();
    const tried = await fixture.ask('POST', '/v1/alert-rules/test', {
      json: { rule: { name: 'mine', ...notEmpty } },
    });
    expect(tried).toMatchObject({
      status: 200,
      json: {
        counts: { fires: 1, unknown: 0 },
        objects: [{ labels: { queue: 'orders' }, verdict: 'fires', value: 1 }],
      },
    });
    const { json } = await fixture.ask('GET', '/v1/alert-rules?limit=500');
    expect(json.items.map(({ name }) => name)).not.toContain('mine');
  });
});

describe('rights', () => {
  const requests: readonly (readonly [string, string, unknown?])[] = [
    ['GET', '/v1/alerts'],
    ['GET', '/v1/incidents'],
    ['GET', '/v1/silences'],
    ['GET', '/v1/alert-rules'],
    ['GET', '/v1/alerts/routes'],
    ['POST', '/v1/silences', { match: { queue: 'a' }, forMs: 60_000, reason: 'r' }],
    ['POST', '/v1/alert-rules/backtest', { rule: { name: 'a', ...notEmpty }, sinceMs: 60_000 }],
    ['POST', '/v1/alert-rules/test', { rule: { name: 'a', ...notEmpty } }],
    ['PUT', '/v1/alert-rules/mine', notEmpty],
    ['DELETE', '/v1/alert-rules/mine'],
  ];

  async function refused(user: string, asked: typeof requests): Promise<string[]> {
    const paths: string[] = [];
    for (const [method, path, json] of asked) {
      const { status } = await fixture.ask(method, path, {
        user: `${user}:${user}`,
        ...(json === undefined ? {} : { json }),
      });
      expect([200, 201, 204, 403], `${user}: ${method} ${path}`).toContain(status);
      if (status === 403) paths.push(`${method} ${path}`);
    }
    return paths;
  }

  it('those who monitor read and silence, and rules take a policymaker', async () => {
    await fixture.server.measure();
    const incident = `/v1/incidents/${await addIncident(fixture, 'orders')}`;
    const asked: typeof requests = [
      ...requests,
      ['GET', incident],
      ['POST', `${incident}/acknowledge`, {}],
      ['POST', `${incident}/comment`, { text: 'mine' }],
    ];
    for (const tag of ['management', 'monitoring', 'policymaker', 'administrator'])
      await fixture.addUser(tag, [tag], '.*');
    const all = asked.map(([method, path]) => `${method} ${path}`);
    const rules = ['PUT /v1/alert-rules/mine', 'DELETE /v1/alert-rules/mine'];
    expect(await refused('management', asked)).toEqual(all);
    expect(await refused('monitoring', asked)).toEqual(rules);
    expect(await refused('policymaker', asked)).toEqual(all.filter((each) => !rules.includes(each)));
    expect(await refused('administrator', asked)).toEqual([]);
  });

  it('every change stands in the audit log', async () => {
    const { audit } = fixture.server.services.access;
    const recorded = vi.spyOn(audit, 'record');
    const id = await addIncident(fixture, 'orders');
    await fixture.ask('POST', `/v1/incidents/${id}/acknowledge`, { json: {} });
    await fixture.ask('POST', `/v1/incidents/${id}/comment`, { json: { text: 'mine' } });
    await fixture.ask('DELETE', '/v1/alert-rules/not-empty');
    const changes = recorded.mock.calls
      .map(([entry]) => entry)
      .filter(({ event }) => event === 'alert-changed');
    expect(changes.map(({ subject, actor }) => `${actor}: ${subject}`)).toEqual([
      "guest: rule 'not-empty'",
      `guest: incident ${id} acknowledged`,
      `guest: incident ${id} commented on`,
      "guest: rule 'not-empty' removed",
    ]);
  });
});
