/** Whose silence a keeper excuses, and for how long. */
import { describe, expect, it } from 'vitest';
import { fieldTable } from '../../broker/index.js';
import { Leases, type LeasePart } from './leases.js';
import { Liveness } from './liveness.js';
import type { OpenedConnection } from './opening.js';

const oneSecond = 1;
/** Two intervals of two ticks, and one more. */
const silentTicks = 5;

function opened(properties: Record<string, string>, name = 'ada', vhost = '/'): OpenedConnection {
  const identity = { kind: 'user', name };
  return { identity, vhost, clientProperties: fieldTable(properties) } as unknown as OpenedConnection;
}

function lively(): Liveness {
  const liveness = new Liveness(0);
  liveness.agree(oneSecond, 0);
  return liveness;
}

/** What is due at `now` for a connection that was never heard from. */
function dueAt(part: LeasePart | undefined, now: number): string {
  const liveness = lively();
  part?.tick(liveness);
  liveness.sent(now);
  return liveness.due(now);
}

describe('a lease', () => {
  it('is renewed by what is heard from its keeper, and ends with its silence', () => {
    const leases = new Leases();
    const leased = leases.join(opened({ sluice_lease: 'a' }));
    const keeper = leases.join(opened({ sluice_lease_keeper: 'a' }));
    expect(dueAt(leased, 10)).toBe('peer-silent');
    const heard = lively();
    heard.received(10);
    keeper?.tick(heard);
    expect(dueAt(leased, 10 + silentTicks)).toBe('nothing');
    keeper?.tick(heard);
    keeper?.end();
    expect(dueAt(leased, 10 + silentTicks + 1)).toBe('peer-silent');
  });

  it.each([
    ['user', opened({ sluice_lease_keeper: 'a' }, 'eve')],
    ['virtual host', opened({ sluice_lease_keeper: 'a' }, 'ada', 'other')],
    ['name', opened({ sluice_lease_keeper: 'b' })],
  ])('is kept by no keeper of another %s', (_, other) => {
    const leases = new Leases();
    const leased = leases.join(opened({ sluice_lease: 'a' }));
    const heard = lively();
    heard.received(10);
    leases.join(other)?.tick(heard);
    expect(dueAt(leased, 10)).toBe('peer-silent');
  });

  it('goes to the connection that comes again, and the one before is not kept', () => {
    const leases = new Leases();
    const before = leases.join(opened({ sluice_lease: 'a' }));
    const again = leases.join(opened({ sluice_lease: 'a' }));
    before?.end();
    const heard = lively();
    heard.received(10);
    leases.join(opened({ sluice_lease_keeper: 'a' }))?.tick(heard);
    expect([dueAt(before, 10), dueAt(again, 10)]).toEqual(['peer-silent', 'nothing']);
  });

  it('is no matter of other connections', () => {
    expect(new Leases().join(opened({}))).toBeUndefined();
  });
});
