import { describe, expect, it } from 'vitest';
import { itemOf, retryOf, type JobHash } from './job-hash.js';

const hash = { name: 'print', data: '{"n":1}', opts: '{}', timestamp: '1000', delay: '50', priority: '0' };
const job = (more: JobHash = {}, state: 'waiting' | 'delayed' | 'failed' = 'waiting', score?: string) =>
  itemOf('7', { ...hash, ...more }, state, score);

describe("a job's hash", () => {
  it('keeps the payload byte for byte', () => {
    const data = '{"n": 1.0, "big": 12345678901234567890}';
    expect(job({ data })).toMatchObject({ kind: 'job', body: Buffer.from(data), dueMs: 0 });
  });

  it('counts attempts by their name of any release', () => {
    expect(job({ atm: '2' })).toMatchObject({ attemptsMade: 2 });
    expect(job({ attemptsMade: '3' })).toMatchObject({ attemptsMade: 3 });
  });

  it('is due when its score says, else when it was enqueued and its delay', () => {
    expect(job({}, 'delayed', String(5_000 * 0x1000 + 3))).toMatchObject({ dueMs: 5_000 });
    expect(job({}, 'delayed')).toMatchObject({ dueMs: 1_050 });
  });

  it('that failed tells its last error', () => {
    const stacktrace = JSON.stringify(['Error: first\n at a', 'TypeError: last\n at b']);
    expect(job({ failedReason: 'last', stacktrace }, 'failed')).toMatchObject({
      failure: { reason: 'last', name: 'TypeError', stack: 'TypeError: last\n at b' },
    });
    expect(job({ stacktrace: 'no JSON' }, 'failed')).toMatchObject({
      failure: { reason: 'unknown', name: 'Error', stack: undefined },
    });
  });

  it('that has nothing in it is gone', () => {
    expect(itemOf('7', {}, 'waiting', undefined)).toMatchObject({ kind: 'left', reason: 'gone meanwhile' });
  });
});

it.each([
  [{}, undefined],
  [{ attempts: 1, backoff: 5 }, undefined],
  [{ attempts: 3 }, { attempts: 3, backoff: undefined, delayMs: undefined }],
  [
    { attempts: 3, backoff: 500 },
    { attempts: 3, backoff: 'fixed', delayMs: 500 },
  ],
  [
    { attempts: 3, backoff: { type: 'exponential', delay: 9 } },
    { attempts: 3, backoff: 'exponential', delayMs: 9 },
  ],
  [
    { attempts: 3, backoff: { type: 'mine' } },
    { attempts: 3, backoff: undefined, delayMs: undefined },
  ],
])('retries as in %j', (options, retry) => {
  expect(retryOf(options)).toEqual(retry);
});
