import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeClock, seededRandom } from '../../kernel/index.js';
import { problem } from '../problem.js';
import { Browser, signedIn } from '../testing/browser.js';
import { httpFixture, type HttpFixture } from '../testing/http-fixture.js';
import { Sessions } from './sessions.js';

let fixture: HttpFixture;
let clock: FakeClock;
let sessions: Sessions;

beforeEach(async () => {
  clock = new FakeClock();
  const settings = { idleMs: 60_000, longestMs: 600_000, perUserMax: 3, sessionsMax: 5 };
  sessions = new Sessions({ clock, random: seededRandom(1), settings });
  fixture = await httpFixture({ clock, sessions });
  await fixture.addUser('ann', ['management'], '.*');
});

afterEach(() => fixture.close());

const operator = () => fixture.server.services.actor;
const statusOf = async (browser: Browser): Promise<number> => (await browser.ask('GET', '/v1/whoami')).status;

/** Reads a stream of events to its end, and gives the reason that it told. */
async function endOfStream(browser: Browser): Promise<() => Promise<string>> {
  const response = await fetch(`${fixture.url}/v1/events`, { headers: { cookie: browser.cookie } });
  expect(response.status).toBe(200);
  const reader = response.body!.getReader() as ReadableStreamDefaultReader<Uint8Array>;
  let text = Buffer.from((await reader.read()).value ?? '').toString();
  return async () => {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return /event: end\ndata: (.*)\n/.exec(text)?.[1] ?? 'cut';
      text += Buffer.from(value).toString();
    }
  };
}

describe('a session ends', () => {
  it('when nothing was asked for its time; asking about it is no use of it', async () => {
    const browser = await signedIn(fixture, 'ann');
    clock.advance(59_999);
    expect(await statusOf(browser)).toBe(200);
    clock.advance(59_999);
    expect((await browser.ask('GET', '/v1/session')).json).toMatchObject({
      idleEndsMs: Math.floor(clock.now()) + 1,
    });
    clock.advance(1);
    expect(await statusOf(browser)).toBe(401);
  });

  it('when it has lasted its time, however much it is used', async () => {
    const browser = await signedIn(fixture, 'ann');
    for (let passed = 50_000; passed < 600_000; passed += 50_000) {
      clock.advance(50_000);
      expect(await statusOf(browser)).toBe(200);
    }
    clock.advance(50_000);
    expect(await statusOf(browser)).toBe(401);
    expect(sessions.count).toBe(0);
  });

  it.each([
    ['is deleted', () => fixture.server.services.access.deleteUser('ann', operator())],
    [
      'has another password',
      () => fixture.server.services.access.changePassword({ name: 'ann', password: 'new' }, operator()),
    ],
    [
      'may no longer manage',
      () => fixture.server.services.access.setTags({ name: 'ann', tags: [] }, operator()),
    ],
  ])('when its user %s, with its streams', async (_, change) => {
    const [browser, other] = [await signedIn(fixture, 'ann'), await signedIn(fixture, 'guest')];
    const end = await endOfStream(browser);
    await change();
    expect(await end()).toBe('{"reason":"signed-out"}');
    expect(await statusOf(browser)).toBe(401);
    expect(await statusOf(other)).toBe(200);
    expect(sessions.list()).toMatchObject([{ user: 'guest' }]);
  });

  it('for good: a namesake that is added later does not get it back', async () => {
    const browser = await signedIn(fixture, 'ann');
    await fixture.server.services.access.deleteUser('ann', operator());
    await fixture.addUser('ann', ['administrator']);
    expect(await statusOf(browser)).toBe(401);
  });

  it('when it is signed out, ended by others or idle, with its streams', async () => {
    const ends = [
      async (browser: Browser) => browser.ask('DELETE', '/v1/session'),
      () => Promise.resolve(sessions.endOf('ann', operator())),
      () => {
        clock.advance(60_000);
        return Promise.resolve();
      },
    ];
    for (const end of ends) {
      const browser = await signedIn(fixture, 'ann');
      const streamEnd = await endOfStream(browser);
      await end(browser);
      expect(await streamEnd()).toBe('{"reason":"signed-out"}');
    }
  });

  it('when there are too many of its user: the oldest goes', async () => {
    const browsers: Browser[] = [];
    for (let count = 0; count < 4; count++) browsers.push(await signedIn(fixture, 'ann'));
    const statuses = await Promise.all(browsers.map(statusOf));
    expect(statuses).toEqual([401, 200, 200, 200]);
  });

  it('when the server stops', async () => {
    await signedIn(fixture, 'ann');
    await fixture.http.stop();
    expect(sessions.count).toBe(0);
  });
});

it('a session reads metrics that need a sign-in where its user may monitor, and only there', async () => {
  const closed = await httpFixture({ settings: { names: [], openMetrics: 'nobody' } });
  await closed.addUser('ann', ['management']);
  const statusFor = async (user: string): Promise<number> =>
    (await (await signedIn(closed, user)).ask('GET', '/metrics')).status;
  expect([await statusFor('guest'), await statusFor('ann')]).toEqual([200, 403]);
  expect((await closed.ask('GET', '/metrics', { user: null })).status).toBe(401);
  await closed.close();
});

describe('a session goes on', () => {
  it('with other tags and other permissions, which it has at once', async () => {
    const browser = await signedIn(fixture, 'ann');
    const { access } = fixture.server.services;
    expect((await browser.ask('GET', '/v1/users')).status).toBe(403);
    await access.setTags({ name: 'ann', tags: ['administrator'] }, operator());
    expect((await browser.ask('GET', '/v1/users')).status).toBe(200);
    expect((await browser.ask('GET', '/v1/session')).json).toMatchObject({ tags: ['administrator'] });
    expect((await browser.ask('GET', '/v1/whoami')).json).toMatchObject({ tags: ['administrator'] });
    expect((await browser.ask('PUT', '/v1/queues/%2F/q', {})).status).toBe(200);
    await access.clearPermissions({ user: 'ann', vhost: '/' }, operator());
    expect((await browser.ask('PUT', '/v1/queues/%2F/q', {})).status).toBe(403);
    await access.setTags({ name: 'ann', tags: ['monitoring'] }, operator());
    expect((await browser.ask('GET', '/v1/users')).status).toBe(403);
  });
});

describe('signing in', () => {
  it('is refused while all together have as many sessions as may be, until one ends', async () => {
    for (const name of ['ben', 'cat']) await fixture.addUser(name, ['management']);
    for (const user of ['ann', 'ann', 'ann', 'ben', 'ben']) await signedIn(fixture, user);
    const late = new Browser(fixture);
    expect((await late.signIn('cat')).json).toMatchObject({
      status: 429,
      code: 'limit-reached',
      retryable: true,
    });
    // A user with as many as one may have takes the place of its own oldest.
    expect((await late.signIn('ann')).status).toBe(201);
    clock.advance(60_000);
    expect((await late.signIn('cat')).status).toBe(201);
  });

  it('opens nothing when users change while the password is checked', async () => {
    const { access } = fixture.server.services;
    const outcome = await access.authenticate({
      ...{ mechanism: 'session', user: 'ann', password: 'ann', peerAddress: '127.0.0.1' },
    });
    if (!outcome.ok) throw new RangeError('ann signs in');
    await access.changePassword({ name: 'ann', password: 'new' }, operator());
    const { identity } = outcome;
    expect(sessions.open(access, { identity, browser: 'test' })).toEqual({ kind: 'changed' });
    expect(sessions.count).toBe(0);
  });

  it('from this machine gives a token that is worth nothing on another', async () => {
    const browser = await signedIn(fixture, 'guest');
    const token = browser.cookie.split('=')[1]!;
    for (const here of ['127.0.0.1', '::1', '::ffff:127.0.0.1'])
      expect(sessions.find(token, here), here).toBeDefined();
    for (const elsewhere of ['10.0.0.1', undefined]) expect(sessions.find(token, elsewhere)).toBeUndefined();
  });

  it('again and again makes no audit log of it', async () => {
    const { audit } = fixture.server.services.access;
    const browser = await signedIn(fixture, 'ann');
    await audit.flush();
    const verdict = async (): Promise<number> => {
      const { records } = await audit.verify();
      return records;
    };
    const before = await verdict();
    for (let count = 0; count < 20; count++) await browser.signIn('ann');
    expect((await verdict()) - before).toBeLessThanOrEqual(4);
  });

  it('waits while the server starts or stops', async () => {
    const starting = await httpFixture({
      parts: () => Promise.resolve(undefined),
      readiness: () => ({ ready: false, reason: 'recovering' }),
    });
    const answer = await new Browser(starting).signIn('guest');
    expect(answer.json).toEqual({ ...problem('not-ready', 'recovering', true) });
    expect((await starting.ask('GET', '/v1/session', { user: null })).status).toBe(503);
    await starting.close();
  });
});

it('who hears of an end hears of it once, and not after leaving', async () => {
  const browser = await signedIn(fixture, 'ann');
  const session = sessions.find(browser.cookie.split('=')[1]!, '127.0.0.1')!;
  const [heard, left] = [vi.fn(), vi.fn()];
  sessions.onEnd(session, heard);
  sessions.onEnd(session, left)();
  sessions.signOut(session);
  sessions.signOut(session);
  sessions.stop();
  expect(heard).toHaveBeenCalledTimes(1);
  expect(left).not.toHaveBeenCalled();
});
