/** Access over HTTP: what one may ask of oneself and of others, one's own password, virtual hosts, ends of sessions. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { httpFixture, type HttpFixture } from './testing/http-fixture.js';

let fixture: HttpFixture;

beforeAll(async () => {
  fixture = await httpFixture();
  await fixture.addUser('boss', ['administrator'], '.*');
  await fixture.addUser('watcher', ['monitoring']);
  await fixture.addUser('reader', ['management'], '^open');
});

afterAll(() => fixture.close());

const ask: HttpFixture['ask'] = (...given) => fixture.ask(...given);
const check = (query: string): string => `/v1/permissions/check?vhost=%2F&${query}`;

describe('what a user may do', () => {
  it('is told to oneself, by the one decision function', async () => {
    const user = 'reader:reader';
    const rights = (is: boolean) => ({ enters: true, configure: is, write: is, read: is });
    const open = await ask('GET', check('kind=queue&name=open.1'), { user });
    expect(open.json).toEqual({ user: 'reader', ...rights(true) });
    expect((await ask('GET', check('kind=queue&name=closed'), { user })).json).toMatchObject(rights(false));
    expect((await ask('GET', check('kind=exchange&name='), { user })).json).toMatchObject(rights(false));
  });

  it('is told to administrators of everyone, and to nobody else', async () => {
    const path = check('kind=queue&name=open&user=reader');
    expect((await ask('GET', path, { user: 'boss:boss' })).json).toMatchObject({
      user: 'reader',
      read: true,
    });
    expect((await ask('GET', path, { user: 'watcher:watcher' })).status).toBe(403);
    expect((await ask('GET', check('kind=queue&name=x&user=none'), { user: 'watcher:watcher' })).status).toBe(
      403,
    );
    expect((await ask('GET', check('kind=queue&name=x&user=none'))).status).toBe(404);
    expect((await ask('GET', check('kind=queue&name=x&user=watcher'))).json).toMatchObject({ enters: false });
  });

  it('knows routing keys', async () => {
    const json = { exchange: 'amq.topic', write: '^a', read: '^b' };
    expect((await ask('PUT', '/v1/topic-permissions/%2F/guest', { json })).status).toBe(204);
    const path = check('kind=exchange&name=amq.topic&routingKey=a.1&user=guest');
    expect((await ask('GET', path)).json).toMatchObject({ topicWrite: true, topicRead: false });
  });
});

describe("one's own password", () => {
  it('is changed by whoever knows the old one, and ends the sessions that it opened', async () => {
    await fixture.addUser('ann', ['management']);
    const change = (oldPassword: string, user = 'ann:ann') =>
      ask('PUT', '/v1/whoami/password', { user, json: { oldPassword, newPassword: 'ann-2' } });
    const wrong = await change('wrong');
    expect(wrong.status).toBe(403);
    expect(wrong.json).toMatchObject({ code: 'access-refused', detail: 'the old password is not right' });
    expect((await change('ann')).status).toBe(204);
    expect((await ask('GET', '/v1/whoami', { user: 'ann:ann' })).status).toBe(401);
    expect((await ask('GET', '/v1/whoami', { user: 'ann:ann-2' })).status).toBe(200);
    const { json } = await ask('GET', '/v1/audit?event=password-changed&user=ann');
    expect(json.items).toMatchObject([
      { outcome: 'success', subject: "user 'ann', by itself" },
      { outcome: 'failure', reason: 'access-refused' },
    ]);
    expect(JSON.stringify(json)).not.toContain('ann-2');
  });

  it('is not guessed at by whoever found a session', async () => {
    await fixture.addUser('bea', ['management']);
    const { access } = fixture.server.services;
    const signedIn = await access.authenticate({
      ...{ mechanism: 'basic', user: 'bea', password: 'bea', peerAddress: '10.0.0.9' },
    });
    if (!signedIn.ok) throw new Error('the password is right');
    const by = { identity: signedIn.identity, source: 'test' };
    const guesses = Array.from({ length: 300 }, (_, index) =>
      access.changeOwnPassword({ old: `x${index}`, new: 'y' }, by).catch(() => undefined),
    );
    await Promise.all(guesses);
    await expect(access.changeOwnPassword({ old: 'bea', new: 'y' }, by)).rejects.toMatchObject({
      code: 'access-refused',
    });
  }, 60_000);
});

describe('virtual hosts', () => {
  it('tell their limits and how much is in them to whoever sees them', async () => {
    await ask('PUT', '/v1/vhosts/team');
    await ask('PUT', '/v1/permissions/team/guest', { json: { configure: '.*', write: '.*', read: '.*' } });
    for (const name of ['a', 'b']) await ask('PUT', `/v1/queues/team/${name}`, { json: {} });
    await ask('POST', '/v1/queues/team/a/messages', { json: { text: 'x' } });
    const json = { description: 'ours', queuesMax: 5 };
    expect((await ask('PUT', '/v1/vhosts/team/settings', { json })).status).toBe(200);
    const shown = (await ask('GET', '/v1/vhosts/team')).json;
    expect(shown).toEqual({
      ...{ name: 'team', description: 'ours', tags: [], queuesMax: 5 },
      ...{ queues: 2, messages: 1, connections: 0, users: 1 },
    });
    await ask('PUT', '/v1/vhosts/team/settings', { json: { queuesMax: null } });
    expect((await ask('GET', '/v1/vhosts/team')).json).not.toHaveProperty('queuesMax');
    expect((await ask('GET', '/v1/vhosts/team', { user: 'reader:reader' })).status).toBe(403);
    expect((await ask('GET', '/v1/vhosts/none', { user: 'reader:reader' })).status).toBe(403);
    expect((await ask('GET', '/v1/vhosts/none')).status).toBe(404);
    expect((await ask('PUT', '/v1/vhosts/team/settings', { user: 'watcher:watcher', json })).status).toBe(
      403,
    );
  });
});

describe('all sessions of a user', () => {
  async function signIn(name: string): Promise<void> {
    const json = { user: name, password: name };
    expect((await ask('POST', '/v1/session', { user: null, json })).status).toBe(201);
  }

  it('are ended by the user and by administrators', async () => {
    await signIn('reader');
    await signIn('reader');
    await signIn('watcher');
    const end = (name: string, user: string) => ask('DELETE', `/v1/sessions?user=${name}`, { user });
    expect((await end('watcher', 'reader:reader')).status).toBe(403);
    expect((await end('reader', 'reader:reader')).json).toEqual({ ended: 2 });
    expect((await end('watcher', 'boss:boss')).json).toEqual({ ended: 1 });
    expect((await end('nobody', 'boss:boss')).json).toEqual({ ended: 0 });
  });
});
