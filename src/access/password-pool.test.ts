/** The password threads: bounded, off the event loop, and replaced when one dies. */
import { Worker } from 'node:worker_threads';
import { afterEach, describe, expect, it } from 'vitest';
import { PasswordPool } from './password-pool.js';
import { startPasswordThread } from './password-worker.js';

const options = { threads: 2, waitingMax: 4, memoryKibibytes: 8, passes: 1 };
const pools: PasswordPool[] = [];

function newPool(...parameters: ConstructorParameters<typeof PasswordPool>): PasswordPool {
  const pool = new PasswordPool(...parameters);
  pools.push(pool);
  return pool;
}

afterEach(async () => {
  await Promise.all(pools.splice(0).map((pool) => pool.close()));
});

describe('the password pool', () => {
  it('makes argon2id hashes of the configured cost, with a salt of their own', async () => {
    const pool = newPool(options);
    const [one, two] = await Promise.all([pool.hash('secret'), pool.hash('secret')]);
    expect(one).toMatch(/^\$argon2id\$v=19\$m=8,t=1,p=1\$/);
    expect(one).not.toBe(two);
    expect(await pool.verify(one, 'secret')).toBe(true);
    expect(await pool.verify(two, 'secret ')).toBe(false);
  });

  it('starts no thread before it is needed, and never more than configured', async () => {
    let started = 0;
    const pool = newPool(options, (cost) => {
      started++;
      return startPasswordThread(cost);
    });
    expect(started).toBe(0);
    await pool.hash('one');
    await pool.hash('after the other');
    expect(started).toBe(1);
    await Promise.all(Array.from({ length: 6 }, () => pool.hash('at once')));
    expect(started).toBe(2);
  });

  it('refuses what would wait beyond the limit, and serves the rest', async () => {
    const pool = newPool(options);
    const results = await Promise.allSettled(Array.from({ length: 10 }, () => pool.hash('x')));
    expect(results.filter((result) => result.status === 'fulfilled').length).toBe(6);
    const refused = results.find((result) => result.status === 'rejected');
    expect(refused?.reason).toMatchObject({ code: 'limit-reached', retryable: true });
  });

  it('answers no to a hash that is none', async () => {
    await expect(newPool(options).verify('nonsense', 'x')).rejects.toMatchObject({ code: 'internal' });
  });

  it('fails the work of a thread that dies, and goes on with another', async () => {
    let started = 0;
    const pool = newPool({ ...options, threads: 1 }, (cost) => {
      started++;
      if (started > 1) return startPasswordThread(cost);
      const text = `require('node:worker_threads').parentPort.once('message', () => { throw 'dead'; });`;
      return new Worker(text, { eval: true });
    });
    const [first, second] = await Promise.allSettled([pool.hash('x'), pool.hash('y')]);
    expect(first).toMatchObject({ status: 'rejected', reason: { code: 'internal' } });
    expect(second.status).toBe('fulfilled');
    expect(started).toBe(2);
  });

  it('refuses everything once closed', async () => {
    const pool = newPool(options);
    const waiting = Promise.allSettled(Array.from({ length: 5 }, () => pool.hash('x')));
    await pool.close();
    for (const result of await waiting) expect(result).toMatchObject({ reason: { code: 'closed' } });
    await expect(pool.hash('x')).rejects.toMatchObject({ code: 'closed' });
  });
});
