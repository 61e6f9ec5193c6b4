/** The audit log over HTTP: for administrators alone, paged and filtered, with what was really done in it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { httpFixture, type HttpFixture } from './testing/http-fixture.js';

let fixture: HttpFixture;
const hostile = `<img src=x onerror=alert(1)>'"\u202e`;

beforeAll(async () => {
  fixture = await httpFixture();
  await fixture.addUser('boss', ['administrator'], '.*');
  await fixture.addUser('watcher', ['monitoring']);
  await fixture.addUser('reader', ['management'], '^open');
});

afterAll(() => fixture.close());

const ask: HttpFixture['ask'] = (...given) => fixture.ask(...given);

describe('the audit log', () => {
  it.each(['watcher:watcher', 'reader:reader'])('is refused to %s', async (user) => {
    expect((await ask('GET', '/v1/audit', { user })).status).toBe(403);
    expect((await ask('POST', '/v1/audit/verify', { user })).status).toBe(403);
  });

  it('tells who did what, from where, newest first', async () => {
    const user = 'boss:boss';
    await ask('PUT', `/v1/users/${encodeURIComponent(hostile)}`, {
      user,
      json: { password: 'p'.repeat(12) },
    });
    await ask('DELETE', `/v1/users/${encodeURIComponent(hostile)}`, { user });
    const { json } = await ask('GET', '/v1/audit?user=boss&contains=onerror&limit=10');
    expect(json.items).toMatchObject([
      { event: 'user-deleted', actor: 'boss', source: 'HTTP from 127.0.0.1', outcome: 'success' },
      { event: 'user-added', subject: `user '${hostile}'`, count: 1, isIntact: true },
    ]);
    expect(json).toMatchObject({ unreadable: 0 });
    expect(json).not.toHaveProperty('next');
  });

  it('comes in pages that hold each record once', async () => {
    const seen: unknown[] = [];
    let after = '';
    do {
      const { json } = await ask('GET', `/v1/audit?limit=3&outcome=success${after}`);
      seen.push(...json.items.map(({ sequence }) => sequence));
      const { next } = json as { next?: string };
      after = next === undefined ? '' : `&after=${next}`;
    } while (after !== '');
    expect(seen.length).toBeGreaterThan(6);
    expect(seen).toEqual([...new Set(seen)].sort((a, b) => Number(b) - Number(a)));
  });

  it.each(['limit=0', 'limit=1001', 'event=none', 'outcome=x', 'after=x', 'fromMs=x', 'what=ever'])(
    'refuses %s',
    async (query) => {
      expect((await ask('GET', `/v1/audit?${query}`)).status).toBe(400);
    },
  );
});
