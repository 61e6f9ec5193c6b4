/** Throws what its payload names. */
import { NonRetryable, RetryLater } from '../../../dist/index.js';

export default function throws(what, { attempt }) {
  if (what === 'final') throw new NonRetryable('there is no address');
  if (what === 'later' && attempt === 1) throw new RetryLater('1ms', 'busy');
  if (what === 'coded') throw Object.assign(new TypeError('unreachable'), { code: 'ECONNREFUSED' });
  if (what === 'text') throw 'just text';
  if (what === 'bigint') return 1n;
  return attempt;
}
