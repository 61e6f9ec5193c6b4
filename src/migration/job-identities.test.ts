import { expect, it } from 'vitest';
import { seededRandom } from '../kernel/index.js';
import { identityBytes, identityOf, JobIdentities } from './job-identities.js';

it('knows what was added, and nothing else, through every growth', () => {
  const random = seededRandom(7);
  const rows = random.bytes(50_000 * identityBytes);
  const known = new JobIdentities();
  known.addAll(rows.subarray(0, rows.length / 2));
  known.addAll(rows.subarray(0, rows.length / 4));
  expect(known.count).toBe(25_000);
  for (let at = 0; at < rows.length; at += identityBytes)
    if (known.has(rows, at) !== at < rows.length / 2) expect.unreachable(`identity at ${at}`);
});

it('takes an identity of zeros', () => {
  const known = new JobIdentities();
  const zeros = Buffer.alloc(identityBytes);
  expect(known.has(zeros)).toBe(false);
  known.add(zeros);
  known.add(zeros);
  expect([known.has(zeros), known.count]).toEqual([true, 1]);
});

it('tells apart what differs in any part', () => {
  const texts = [
    identityOf('a', 'b', 1),
    identityOf('a', 'b', 2),
    identityOf('ab', '', 1),
    identityOf('a', 'b1'),
  ];
  expect(new Set(texts.map((one) => one.toString('hex'))).size).toBe(texts.length);
});
