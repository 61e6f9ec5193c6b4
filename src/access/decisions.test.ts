/** The one decision function: what each right and tag gives, and that a revocation holds at once. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeClock, seededRandom, SimulatedDisk } from '../kernel/index.js';
import { accessSettings, openAccess, type Access, type Actor, type Identity, type UserTag } from './index.js';

let access: Access;
let by: Actor;

beforeEach(async () => {
  const random = seededRandom(3);
  access = await openAccess({
    directory: '/data',
    disk: new SimulatedDisk({ random }),
    clock: new FakeClock(),
    random,
    settings: accessSettings.parse({ passwords: { memoryKibibytes: 8, passes: 1 } }),
  });
  by = { identity: access.operator, source: 'test' };
});

afterEach(() => access.close());

async function user(name: string, tags: readonly UserTag[] = []): Promise<Identity> {
  await access.addUser({ name, password: 'x', tags }, by);
  const outcome = await access.authenticate({
    mechanism: 'PLAIN',
    user: name,
    password: 'x',
    peerAddress: '::1',
  });
  if (!outcome.ok) throw new TypeError(outcome.reason);
  return outcome.identity;
}

function permit(name: string, configure: string, write: string, read: string, vhost = '/'): Promise<void> {
  return access.setPermissions({ user: name, vhost, configure, write, read }, by);
}

function queue(action: 'configure' | 'write' | 'read', name: string, vhost = '/') {
  return { action, vhost, kind: 'queue', name } as const;
}

function exchange(action: 'configure' | 'write' | 'read', name: string) {
  return { action, vhost: '/', kind: 'exchange', name } as const;
}

describe('rights over names', () => {
  it('follow their own pattern each', async () => {
    const ana = await user('ana');
    await permit('ana', '^own-', '', '.*');
    expect(access.decide(ana, queue('configure', 'own-1'))).toEqual({ allowed: true });
    expect(access.decide(ana, queue('configure', 'x')).allowed).toBe(false);
    expect(access.decide(ana, queue('configure', 'own-2')).allowed).toBe(true);
    expect(access.decide(ana, queue('configure', 'own-1')).allowed).toBe(true);
    expect(access.decide(ana, queue('configure', 'x'))).toEqual({
      allowed: false,
      reason: "configure access to queue 'x' in vhost '/' refused for user 'ana'",
    });
    expect(access.decide(ana, queue('write', 'own-1')).allowed).toBe(false);
    expect(access.decide(ana, queue('read', 'x')).allowed).toBe(true);
  });

  it('match the default exchange as amq.default', async () => {
    const ana = await user('ana');
    await permit('ana', '', '^amq\\.default$', '');
    expect(access.decide(ana, exchange('write', '')).allowed).toBe(true);
    await permit('ana', '', '^$', '');
    expect(access.decide(ana, exchange('write', ''))).toMatchObject({
      reason: "write access to exchange 'amq.default' in vhost '/' refused for user 'ana'",
    });
    expect(access.decide(ana, queue('write', '')).allowed).toBe(true);
  });

  it('stop at the virtual host (abuse case 11)', async () => {
    const ana = await user('ana');
    await permit('ana', '.*', '.*', '.*', '/a');
    expect(access.decide(ana, queue('read', 'x', '/a')).allowed).toBe(true);
    expect(access.decide(ana, queue('read', 'x', '/b')).allowed).toBe(false);
    expect(access.decide(ana, { action: 'vhost-access', vhost: '/a' }).allowed).toBe(true);
    expect(access.decide(ana, { action: 'vhost-access', vhost: '__proto__' })).toEqual({
      allowed: false,
      reason: "access to vhost '__proto__' refused for user 'ana'",
    });
  });

  it('are asked live: a revoked one is refused to a session that has it (abuse case 14)', async () => {
    const ana = await user('ana');
    await permit('ana', '.*', '.*', '.*');
    expect(access.decide(ana, queue('read', 'x')).allowed).toBe(true);
    await permit('ana', '.*', '.*', '^y');
    expect(access.decide(ana, queue('read', 'x')).allowed).toBe(false);
    await access.clearPermissions({ user: 'ana', vhost: '/' }, by);
    expect(access.decide(ana, queue('read', 'y')).allowed).toBe(false);
  });

  it('are listed by user and by virtual host', async () => {
    await user('ana');
    await permit('ana', 'a', '', '', '/a');
    await permit('ana', 'b', '', '', '/b');
    const vhosts = (filter?: { user?: string; vhost?: string }): string[] =>
      access.listPermissions(filter).map((each) => `${each.user} ${each.vhost}`);
    expect(vhosts()).toEqual(['guest /', 'ana /a', 'ana /b']);
    expect(vhosts({ user: 'ana' })).toEqual(['ana /a', 'ana /b']);
    expect(vhosts({ vhost: '/a' })).toEqual(['ana /a']);
    expect(vhosts({ user: 'guest', vhost: '/a' })).toEqual([]);
    expect(vhosts({ user: 'nobody' })).toEqual([]);
  });

  it('do not pass to a namesake’s sessions', async () => {
    const before = await user('ana');
    await access.deleteUser('ana', by);
    const after = await user('ana', ['administrator']);
    await permit('ana', '.*', '.*', '.*');
    expect(access.decide(after, queue('read', 'x')).allowed).toBe(true);
    expect(access.decide(before, queue('read', 'x')).allowed).toBe(false);
    expect(access.decide(before, { action: 'administer' }).allowed).toBe(false);
  });

  it('keep control characters out of a reason (abuse case 21)', async () => {
    const decision = access.decide(await user('ana'), queue('read', 'a\r\nERROR: forged\u2028'));
    expect(decision.allowed ? '' : decision.reason).not.toMatch(/[\r\n\u2028]/);
  });

  it('answer the same however many names were asked for', async () => {
    const ana = await user('ana');
    await permit('ana', '', '', '[02468]$');
    for (const round of [1, 2]) {
      for (let i = 0; i < 5_000; i++) {
        expect(access.allows(ana, queue('read', `q${i}`)), `round ${round}, q${i}`).toBe(i % 2 === 0);
      }
    }
  });
});

describe('topic permissions', () => {
  const topic = (routingKey: string, action: 'topic-write' | 'topic-read' = 'topic-write') =>
    ({ action, vhost: '/', exchange: 'events', routingKey }) as const;

  it('limit nothing where there are none, yet need the virtual host', async () => {
    const ana = await user('ana');
    expect(access.decide(ana, topic('a.b')).allowed).toBe(false);
    await permit('ana', '', '.*', '');
    expect(access.decide(ana, topic('a.b')).allowed).toBe(true);
  });

  it('limit their exchange, each direction by itself', async () => {
    const ana = await user('ana');
    await permit('ana', '', '.*', '');
    await access.setTopicPermissions(
      { user: 'ana', vhost: '/', exchange: 'events', write: '^a\\.', read: '^b\\.' },
      by,
    );
    expect(access.decide(ana, topic('a.x')).allowed).toBe(true);
    expect(access.decide(ana, topic('a.x', 'topic-read')).allowed).toBe(false);
    expect(access.decide(ana, topic('b.x', 'topic-read')).allowed).toBe(true);
    expect(access.decide(ana, { ...topic('b.x'), exchange: 'other' }).allowed).toBe(true);
    expect(access.decide(ana, topic('c'))).toMatchObject({
      reason: "write access to topic 'c' in exchange 'events' in vhost '/' refused for user 'ana'",
    });
    await access.clearTopicPermissions({ user: 'ana', vhost: '/', exchange: 'events' }, by);
    expect(access.decide(ana, topic('c')).allowed).toBe(true);
  });

  it.each(['.*', '#', 'a|x', '[a-z]+', '{vhost}'])(
    'take a user named %j by the letter (abuse case 12)',
    async (name) => {
      const odd = await user(name);
      await permit(name, '', '.*', '');
      const rule = { user: name, vhost: '/', exchange: 'events', write: '^{username}\\.x$', read: '' };
      await access.setTopicPermissions(rule, by);
      expect(access.decide(odd, topic(`${name}.x`)).allowed).toBe(true);
      expect(access.decide(odd, topic('victim.x')).allowed).toBe(false);
      expect(access.decide(odd, topic('x.x')).allowed).toBe(false);
      expect(access.decide(odd, topic('/.x')).allowed).toBe(false);
    },
  );

  it('tell client ids apart, and refuse where there is none', async () => {
    const ana = await user('ana');
    await permit('ana', '', '.*', '');
    const rule = { user: 'ana', vhost: '/', exchange: 'events', write: '^{vhost}{client_id}$', read: '' };
    await access.setTopicPermissions(rule, by);
    expect(access.decide(ana, { ...topic('/one'), clientId: 'one' }).allowed).toBe(true);
    expect(access.decide(ana, { ...topic('/one'), clientId: 'two' }).allowed).toBe(false);
    expect(access.decide(ana, { ...topic('/one'), clientId: '.*' }).allowed).toBe(false);
    expect(access.decide(ana, topic('/{client_id}')).allowed).toBe(false);
  });

  it('may not put a variable into a set of characters', async () => {
    await user('a-z');
    const rule = { user: 'a-z', vhost: '/', exchange: 'events', write: '^[{username}]', read: '' };
    await expect(access.setTopicPermissions(rule, by)).rejects.toMatchObject({ code: 'bad-input' });
  });
});

describe('tags', () => {
  const actions = ['administer', 'monitor', 'set-policy', 'manage'] as const;
  it.each([
    [[], []],
    [['management'], ['manage']],
    [['policymaker'], ['set-policy', 'manage']],
    [['monitoring'], ['monitor', 'manage']],
    [['administrator'], [...actions]],
  ] as [UserTag[], string[]][])('%j give %j', async (tags, expected) => {
    const ana = await user('ana', tags);
    expect(actions.filter((action) => access.decide(ana, { action }).allowed)).toEqual(expected);
    expect(actions.filter((action) => access.decide(ana, { action, vhost: '/' }).allowed)).toEqual([]);
    await permit('ana', '', '', '');
    expect(actions.filter((action) => access.decide(ana, { action, vhost: '/' }).allowed)).toEqual(expected);
  });

  it('give no right over messages', async () => {
    const ana = await user('ana', ['administrator']);
    expect(access.decide(ana, queue('read', 'x')).allowed).toBe(false);
  });

  it('are asked live', async () => {
    const ana = await user('ana', ['administrator']);
    await access.setTags({ name: 'ana', tags: [] }, by);
    expect(access.decide(ana, { action: 'administer' }).allowed).toBe(false);
  });
});

it('lets the operator do everything, and records only the refusals of others', async () => {
  const ana = await user('ana');
  expect(access.decide(access.operator, queue('read', 'x', '/anything')).allowed).toBe(true);
  expect(access.allows(ana, queue('read', 'silent'))).toBe(false);
  access.decide(ana, queue('read', 'loud'));
  await access.audit.flush();
  const verdict = await access.audit.verify();
  expect(verdict.ok).toBe(true);
});
