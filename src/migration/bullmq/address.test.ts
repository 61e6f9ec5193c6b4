import { expect, it } from 'vitest';
import { parseBullmqAddress } from './address.js';

it('reads every part of an address', () => {
  const text = 'bullmqs://me:p%40ss@redis.example:6380/2?prefix=app&queue=a,b&queue=c';
  expect(parseBullmqAddress(text, 'other')).toEqual({
    ...{ host: 'redis.example', port: 6_380, username: 'me', password: 'p@ss', database: 2 },
    ...{ isEncrypted: true, prefix: 'app', queues: ['a', 'b', 'c'] },
  });
});

it('fills in what is left out, the password from elsewhere', () => {
  expect(parseBullmqAddress('bullmq://[::1]', 'given')).toEqual({
    ...{ host: '::1', port: 6_379, username: undefined, password: 'given', database: 0 },
    ...{ isEncrypted: false, prefix: 'bull', queues: [] },
  });
});

it.each(['redis://h', 'bullmq://:secret@h/x', 'bullmq://:secret@h?queues=a', 'bullmq://:secret@h:99999'])(
  'refuses %s without its password',
  (text) => {
    const refused = (): unknown => parseBullmqAddress(text, undefined);
    expect(refused).toThrow(expect.objectContaining({ code: 'bad-input' }));
    expect(refused).not.toThrow(/secret/);
  },
);
