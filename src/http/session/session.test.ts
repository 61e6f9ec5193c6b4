import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { Browser, cookieOf, signedIn } from '../testing/browser.js';
import { basic, httpFixture, statusOf, type Asked, type HttpFixture } from '../testing/http-fixture.js';

let fixture: HttpFixture;

beforeAll(async () => {
  fixture = await httpFixture();
  await fixture.addUser('boss', ['administrator'], '.*');
  await fixture.addUser('ann', ['management'], '.*');
  await fixture.addUser('worker', [], '.*');
});

afterAll(() => fixture.close());

const queue = '/v1/queues/%2F/orders';
const open = (json: unknown, more: Asked = {}) =>
  fixture.ask('POST', '/v1/session', { user: null, json, ...more });

describe('signing in', () => {
  it('opens a session that tells who is signed in, with its token in the cookie alone', async () => {
    const answer = await open({ user: 'ann', password: 'ann' });
    expect(answer.status).toBe(201);
    const { openedMs, endsMs, idleEndsMs } = answer.json as unknown as Record<string, number>;
    expect([endsMs! - openedMs!, idleEndsMs! - openedMs!]).toEqual([43_200_000, 1_800_000]);
    expect(answer.json).toMatchObject({ user: 'ann', tags: ['management'] });
    expect(Object.keys(answer.json).sort()).toEqual(
      ['csrfToken', 'endsMs', 'idleEndsMs', 'openedMs', 'tags', 'user'].sort(),
    );
    expect(answer.headers.get('set-cookie')).toMatch(
      /^sluice-session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/,
    );
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const [, token] = cookieOf(answer).split('=');
    expect(answer.text).not.toContain(token);
    const seen = await fixture.ask('GET', '/v1/session', {
      user: null,
      headers: { cookie: cookieOf(answer) },
    });
    expect(seen.json).toEqual(answer.json);
    expect(seen.text).not.toContain(token);
  });

  it.each([
    ['an unknown user', { user: 'nobody', password: 'nobody' }, 401, 'signed-out'],
    ['a wrong password', { user: 'ann', password: 'x' }, 401, 'signed-out'],
    ['an empty password', { user: 'ann', password: '' }, 401, 'signed-out'],
    ['a user without a tag', { user: 'worker', password: 'worker' }, 403, 'access-refused'],
    ['no password', { user: 'ann' }, 400, 'bad-input'],
    ['more than that', { user: 'ann', password: 'ann', token: 'x' }, 400, 'bad-input'],
    ['a list', [], 400, 'bad-input'],
    ['a huge password', { user: 'ann', password: 'secret'.repeat(1_000) }, 400, 'bad-input'],
    ['a huge body', { user: 'ann', password: 'secret'.repeat(3_000) }, 413, 'too-large'],
  ])('is refused with %s, and sets no cookie', async (_, json, status, code) => {
    const answer = await open(json);
    expect(answer.json).toMatchObject({ status, code });
    expect(answer.headers.get('set-cookie')).toBeNull();
    expect(answer.text).not.toContain('secret');
    if (status === 401) expect(answer.headers.get('www-authenticate')).toMatch(/^Basic /);
  });

  it('says the same of a wrong password as Basic does, after the same time, and slows down who guesses', async () => {
    await fixture.addUser('prey', ['management']);
    const bySession = await open({ user: 'prey', password: 'x' });
    const byBasic = await fixture.ask('GET', '/v1/whoami', { user: 'prey:x' });
    expect(bySession.json).toEqual(byBasic.json);
    const guesses = Array.from({ length: 15 }, (_, index) => open({ user: 'prey', password: `x${index}` }));
    const statuses = (await Promise.all(guesses)).map(({ status }) => status);
    expect(new Set(statuses)).toEqual(new Set([401, 429]));
    expect((await fixture.ask('GET', '/v1/whoami', { user: 'prey:y' })).status).toBe(429);
  });

  it('gives a new token each time: one that was there before is worth nothing', async () => {
    const fixed = 'sluice-session=' + 'f'.repeat(43);
    const victim = new Browser(fixture);
    victim.cookie = fixed;
    await victim.signIn('ann');
    expect(victim.cookie).not.toBe(fixed);
    expect((await fixture.ask('GET', '/v1/whoami', { user: null, headers: { cookie: fixed } })).status).toBe(
      401,
    );
    const first = victim.cookie;
    await victim.signIn('ann');
    expect(victim.cookie).not.toBe(first);
    expect((await fixture.ask('GET', '/v1/whoami', { user: null, headers: { cookie: first } })).status).toBe(
      401,
    );
    expect((await victim.ask('GET', '/v1/whoami')).json).toEqual({ name: 'ann', tags: ['management'] });
  });

  it('is audited with its way, and its tokens are not', async () => {
    const record = vi.spyOn(fixture.server.services.access.audit, 'record');
    const browser = await signedIn(fixture, 'boss');
    await open({ user: 'boss', password: 'wrong' });
    await browser.ask('DELETE', '/v1/session');
    const who = { actor: 'boss', subject: 'session' };
    expect(record).toHaveBeenCalledWith(
      expect.objectContaining({ event: 'sign-in', ...who, outcome: 'success' }),
    );
    expect(record).toHaveBeenCalledWith(
      expect.objectContaining({ event: 'sign-in', ...who, outcome: 'failure' }),
    );
    expect(record).toHaveBeenCalledWith({
      ...{ event: 'sign-out', actor: 'boss', source: 'HTTP from 127.0.0.1', outcome: 'success' },
      subject: "a session of user 'boss'",
    });
    const said = JSON.stringify(record.mock.calls);
    for (const secret of [browser.cookie.split('=')[1]!, browser.csrfToken])
      expect(said).not.toContain(secret);
    record.mockRestore();
  });

  it('is not done for another site', async () => {
    const json = { user: 'ann', password: 'ann' };
    for (const headers of [{ origin: 'https://evil.example' }, { 'sec-fetch-site': 'cross-site' }])
      expect((await open(json, { headers })).json).toMatchObject({ code: 'cross-site' });
    const form = await fetch(`${fixture.url}/v1/session`, { method: 'POST', body: JSON.stringify(json) });
    expect(form.status).toBe(415);
  });
});

describe('without a session', () => {
  it.each([
    ['no cookie', {}, /^Page /],
    ['a cookie that opens nothing', { cookie: `sluice-session=${'x'.repeat(43)}` }, /^Page /],
    ['a cookie of no sense', { cookie: 'sluice-session=%00' }, /^Page /],
    ["another program's cookie", { cookie: 'session=1' }, /^Page /],
  ])('says so to a page with %s, and opens no dialogue', async (_, headers, scheme) => {
    const asked = await fixture.ask('GET', '/v1/session', { user: null, headers });
    expect([asked.status, asked.text]).toEqual([204, '']);
    for (const path of ['/v1/whoami', '/v1/events']) {
      const answer = await fixture.ask('GET', path, { user: null, headers });
      expect(answer.json).toMatchObject({ status: 401, code: 'signed-out' });
      expect(answer.headers.get('www-authenticate')).toMatch(scheme);
    }
  });

  it('opens no dialogue for a stale cookie alone, and one for a program without any', async () => {
    const cookie = `sluice-session=${'x'.repeat(43)}`;
    const stale = await fetch(`${fixture.url}/v1/whoami`, { headers: { cookie } });
    expect(stale.headers.get('www-authenticate')).toMatch(/^Page /);
    const program = await fetch(`${fixture.url}/v1/whoami`);
    expect(program.headers.get('www-authenticate')).toMatch(/^Basic /);
  });

  it('survives a cookie that is as long as headers may be, and refuses a longer one', async () => {
    const junk = (size: number) => ({ host: 'localhost', cookie: 'sluice-session=a; '.repeat(size / 18) });
    expect(await statusOf(fixture.port, '/v1/whoami', junk(15_000))).toBe(401);
    expect(await statusOf(fixture.port, '/v1/whoami', junk(40_000))).toBe(431);
  });

  it('takes none of two cookies of the name, where one is right', async () => {
    const browser = await signedIn(fixture, 'ann');
    const cookie = `sluice-session=${'x'.repeat(43)}; ${browser.cookie}`;
    expect((await browser.bare('GET', '/v1/whoami', { cookie })).status).toBe(401);
  });
});

describe('a session', () => {
  it('asks and changes as its user, of the API, of metrics, and not of the RabbitMQ API', async () => {
    const browser = await signedIn(fixture, 'boss');
    expect((await browser.ask('GET', '/v1/whoami')).json).toEqual({ name: 'boss', tags: ['administrator'] });
    expect((await browser.ask('PUT', queue, {})).json).toMatchObject({ queue: 'orders' });
    expect((await browser.ask('POST', `${queue}/purge`)).status).toBe(200);
    expect((await browser.ask('DELETE', queue)).status).toBe(200);
    expect((await browser.ask('GET', '/metrics')).status).toBe(200);
    expect((await browser.bare('HEAD', '/v1/whoami')).status).toBe(200);
    const rabbit = await browser.ask('GET', '/api/whoami');
    expect(rabbit.status).toBe(401);
    expect(rabbit.json).toMatchObject({ error: 'not_authorized' });
  });

  it('has no more rights than its user', async () => {
    const browser = await signedIn(fixture, 'ann');
    expect((await browser.ask('GET', '/v1/users')).status).toBe(403);
    expect((await browser.ask('PUT', '/v1/vhosts/x')).status).toBe(403);
  });

  it.each([
    ['none', {}],
    ['an empty one', { 'x-csrf-token': '' }],
    ['a wrong one', { 'x-csrf-token': 'x'.repeat(43) }],
    ['a long one', { 'x-csrf-token': 'x'.repeat(4_000) }],
  ])('changes nothing with %s for a token of its page', async (_, headers) => {
    const browser = await signedIn(fixture, 'boss');
    for (const [method, path] of [
      ['PUT', '/v1/vhosts/evil'],
      ['POST', '/v1/journal/compact'],
      ['DELETE', '/v1/users/ann'],
      ['DELETE', '/v1/session'],
    ] as const) {
      const answer = await browser.bare(method, path, headers);
      expect(answer.json, path).toMatchObject({ status: 403, code: 'cross-site' });
    }
    expect((await browser.ask('GET', '/v1/vhosts')).text).not.toContain('evil');
    expect((await browser.ask('GET', '/v1/session')).status).toBe(200);
  });

  it("changes nothing with the token of another session's page, of the same user", async () => {
    const [one, other] = [await signedIn(fixture, 'boss'), await signedIn(fixture, 'boss')];
    const headers = { 'x-csrf-token': other.csrfToken };
    expect((await one.bare('PUT', '/v1/vhosts/evil', headers)).status).toBe(403);
  });

  it('does nothing for a page of another site, or of another port, not even a question', async () => {
    const browser = await signedIn(fixture, 'boss');
    for (const site of ['cross-site', 'same-site']) {
      const headers = { 'sec-fetch-site': site, 'x-csrf-token': browser.csrfToken };
      for (const path of ['/v1/whoami', '/v1/session'])
        expect((await browser.bare('GET', path, headers)).json).toMatchObject({ code: 'cross-site' });
      expect((await browser.bare('PUT', '/v1/vhosts/evil', headers)).json).toMatchObject({
        code: 'cross-site',
      });
    }
    const fromOrigin = { origin: 'http://evil.example', 'x-csrf-token': browser.csrfToken };
    expect((await browser.bare('DELETE', '/v1/session', fromOrigin)).json).toMatchObject({
      code: 'cross-site',
    });
  });

  it('does not count where a request signs in by itself', async () => {
    const browser = await signedIn(fixture, 'boss');
    const asAnn = { authorization: basic('ann:ann') };
    expect((await browser.bare('GET', '/v1/whoami', asAnn)).json).toMatchObject({ name: 'ann' });
    expect((await browser.bare('GET', '/v1/whoami', { authorization: 'Basic x' })).status).toBe(401);
    expect((await browser.bare('GET', '/v1/session', asAnn)).status).toBe(204);
  });

  it('ends when its user signs out: the cookie goes, and would open nothing', async () => {
    const browser = await signedIn(fixture, 'ann');
    const answer = await browser.ask('DELETE', '/v1/session');
    expect(answer.status).toBe(204);
    expect(answer.headers.get('set-cookie')).toMatch(/^sluice-session=; Max-Age=0; Path=\/; /);
    expect(answer.headers.get('clear-site-data')).toBe('"cache", "storage"');
    expect((await browser.ask('GET', '/v1/session')).status).toBe(204);
    expect((await browser.ask('DELETE', '/v1/session')).status).toBe(401);
  });
});

describe('the list of sessions', () => {
  it('shows everyone their own, and administrators all, without a secret', async () => {
    const [ann, boss] = [await signedIn(fixture, 'ann'), await signedIn(fixture, 'boss')];
    const own = (await ann.ask('GET', '/v1/sessions?sort=-opened')).json.items;
    expect(new Set(own.map(({ user }) => user))).toEqual(new Set(['ann']));
    expect(own.filter(({ isOwn }) => isOwn === true)).toMatchObject([
      { user: 'ann', address: '127.0.0.1', browser: 'Chrome 130 on Linux' },
    ]);
    const all = await boss.ask('GET', '/v1/sessions');
    expect(new Set(all.json.items.map(({ user }) => user))).toEqual(new Set(['ann', 'boss']));
    for (const { cookie, csrfToken } of [ann, boss]) {
      expect(all.text).not.toContain(cookie.split('=')[1]);
      expect(all.text).not.toContain(csrfToken);
    }
    expect((await boss.ask('GET', '/v1/sessions?contains=ann&limit=1')).json).toMatchObject({
      items: [{ user: 'ann' }],
    });
    const byPassword = await fixture.ask('GET', '/v1/sessions', { user: 'boss:boss' });
    expect(byPassword.json.items.some(({ isOwn }) => isOwn === true)).toBe(false);
  });

  it('is ended one by one: by its user, by an administrator, by nobody else', async () => {
    const idOf = async (browser: Browser): Promise<string> => {
      const { items } = (await browser.ask('GET', '/v1/sessions?limit=1000')).json;
      return String(items.find(({ isOwn }) => isOwn === true)!['id']);
    };
    const [ann, other, boss] = [
      await signedIn(fixture, 'ann'),
      await signedIn(fixture, 'ann'),
      await signedIn(fixture, 'boss'),
    ];
    const [annId, bossId] = [await idOf(ann), await idOf(boss)];
    expect((await ann.ask('DELETE', `/v1/sessions/${bossId}`)).status).toBe(404);
    expect((await ann.ask('DELETE', '/v1/sessions/none')).status).toBe(404);
    expect((await boss.ask('GET', '/v1/session')).status).toBe(200);
    expect((await other.ask('DELETE', `/v1/sessions/${annId}`)).status).toBe(204);
    expect((await ann.ask('GET', '/v1/whoami')).status).toBe(401);
    const record = vi.spyOn(fixture.server.services.access.audit, 'record');
    const otherId = await idOf(other);
    expect((await boss.ask('DELETE', `/v1/sessions/${otherId}`)).status).toBe(204);
    expect((await other.ask('GET', '/v1/whoami')).status).toBe(401);
    expect(record).toHaveBeenCalledWith({
      ...{ event: 'session-ended', actor: 'boss', source: 'HTTP from 127.0.0.1', outcome: 'success' },
      subject: `session ${otherId} of user 'ann'`,
    });
    record.mockRestore();
  });
});
