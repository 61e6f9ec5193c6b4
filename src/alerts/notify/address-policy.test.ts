import { describe, expect, it } from 'vitest';
import { AddressPolicy } from './address-policy.js';
import { guardedPost } from './post.js';
import { httpDouble } from './testing/http-double.js';

const policy = new AddressPolicy();
const never = new AbortController().signal;

const refused = [
  ...['169.254.169.254', '169.254.0.1', '0.0.0.0', '100.100.100.200', '168.63.129.16', '224.0.0.1'],
  ...['::ffff:169.254.169.254', '::ffff:a9fe:a9fe', 'fe80::1', 'fd00:ec2::254', '::', '64:ff9b::a9fe:a9fe'],
];

describe('an address', () => {
  it.each(refused)('%s is refused', (address) => {
    expect(policy.permits(address)).toBe(false);
  });

  it.each(['127.0.0.1', '10.0.0.7', '203.0.113.9', '::1', '2001:db8::1'])('%s is permitted', (address) => {
    expect(policy.permits(address)).toBe(true);
  });

  it('is permitted where the settings name it, and no further', () => {
    const open = new AddressPolicy(['169.254.10.0/24', 'fe80::1']);
    expect(open.permits('169.254.10.9')).toBe(true);
    expect(open.permits('169.254.11.9')).toBe(false);
    expect(open.permits('fe80::1')).toBe(true);
    expect(open.permits('fe80::2')).toBe(false);
  });

  it.each(['example.org', '10.0.0.0/33', '10.0.0.0/', ''])("'%s' is no setting", (text) => {
    expect(() => new AddressPolicy([text])).toThrow('is not an address or a network');
  });
});

describe('a post', () => {
  it.each([
    'http://169.254.169.254/latest/meta-data',
    'http://[::ffff:169.254.169.254]/',
    'http://2852039166/',
    'http://0xa9fea9fe/',
    'http://0/',
  ])('to %s is refused', async (url) => {
    const post = guardedPost(policy, 'Sluice/test');
    await expect(post({ url, headers: {}, body: '', signal: never })).rejects.toMatchObject({
      code: 'refused',
    });
  });

  it('looks names up under the policy', async () => {
    const hook = await httpDouble(() => ({ body: 'ok' }));
    const url = hook.url.replace('127.0.0.1', 'localhost');
    const everything = guardedPost(policy, 'Sluice/test');
    await expect(everything({ url, headers: {}, body: '{}', signal: never })).resolves.toMatchObject({
      body: 'ok',
    });
    const narrow = new AddressPolicy();
    narrow.permits = () => false;
    const guarded = guardedPost(narrow, 'Sluice/test');
    await expect(guarded({ url, headers: {}, body: '{}', signal: never })).rejects.toMatchObject({
      code: 'refused',
    });
    expect(hook.received).toHaveLength(1);
    await hook.close();
  });

  it('reads no more of an answer than 64 KiB', async () => {
    const hook = await httpDouble(() => ({ body: 'x'.repeat(5_000_000) }));
    const post = guardedPost(policy, 'Sluice/test');
    const { body } = await post({ url: hook.url, headers: {}, body: '{}', signal: never });
    expect(body.length).toBeLessThanOrEqual(65_536);
    await hook.close();
  });

  it('ends when it is told to', async () => {
    const hook = await httpDouble(() => ({ body: undefined }));
    const abort = new AbortController();
    const post = guardedPost(policy, 'Sluice/test');
    const answer = post({ url: hook.url, headers: {}, body: '{}', signal: abort.signal });
    await hook.has(1);
    abort.abort();
    await expect(answer).rejects.toThrow();
    await hook.close();
  });
});
