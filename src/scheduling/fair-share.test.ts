import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FairShare as Share, Turn } from './fair-share.js';

class NamedTurn extends Turn {
  readonly name: string;
  constructor(name: string, weight: number) {
    super(weight);
    this.name = name;
  }
}

/** A share whose tenants are known by name. */
class FairShare {
  readonly #share = new Share<NamedTurn>();
  readonly #turns = new Map<string, NamedTurn>();
  readonly #weights: ReadonlyMap<string, number>;
  constructor(weights: readonly (readonly [string, number])[] = []) {
    this.#weights = new Map(weights);
  }
  get size(): number {
    return this.#share.size;
  }
  turn(name: string): NamedTurn {
    const known = this.#turns.get(name) ?? new NamedTurn(name, this.#weights.get(name) ?? 1);
    this.#turns.set(name, known);
    return known;
  }
  add(name: string): boolean {
    return this.#share.add(this.turn(name));
  }
  remove(name: string): boolean {
    return this.#share.remove(this.turn(name));
  }
  owes(name: string): boolean {
    return this.#share.owes(this.turn(name));
  }
  forgive(name: string): void {
    this.#share.forgive(this.turn(name));
  }
  choose(): string | undefined {
    return this.#share.choose()?.name;
  }
  charge(name: string, cost = 1): void {
    this.#share.charge(this.turn(name), cost);
  }
}

/** Serves `count` times and counts by tenant; every tenant always waits. */
function serve(
  share: FairShare,
  count: number,
  costOf: (tenant: string) => number = () => 1,
): Map<string, number> {
  const served = new Map<string, number>();
  for (let turn = 0; turn < count; turn++) {
    const tenant = share.choose()!;
    share.charge(tenant, costOf(tenant));
    served.set(tenant, (served.get(tenant) ?? 0) + costOf(tenant));
  }
  return served;
}

function waiting(share: FairShare, ...tenants: string[]): FairShare {
  for (const tenant of tenants) share.add(tenant);
  return share;
}

describe('FairShare', () => {
  it('serves by weight, round after round', () => {
    const share = waiting(new FairShare([['gold', 3]]), 'gold', 'silver');
    const order = Array.from({ length: 8 }, () => {
      const tenant = share.choose()!;
      share.charge(tenant);
      return tenant;
    });
    expect(order.join(' ')).toBe('gold gold gold silver gold gold gold silver');
  });

  it('gives each its weight of the service, whatever the costs, within one round and one message', () => {
    const tenant = fc.record({
      weight: fc.double({ min: 0.1, max: 20, noNaN: true }),
      cost: fc.double({ min: 0.1, max: 50, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(tenant, { minLength: 2, maxLength: 6 }), (tenants) => {
        const share = new FairShare(tenants.map(({ weight }, index) => [`t${index}`, weight]));
        waiting(share, ...tenants.map((_tenant, index) => `t${index}`));
        const served = serve(share, 20_000, (name) => tenants[Number(name.slice(1))]!.cost);
        const rounds = tenants.map(({ weight }, index) => (served.get(`t${index}`) ?? 0) / weight);
        const slack = Math.max(...tenants.map(({ weight, cost }) => 1 + cost / weight));
        expect(Math.max(...rounds) - Math.min(...rounds)).toBeLessThanOrEqual(2 * slack + 1e-6);
      }),
      { numRuns: 50 },
    );
  });

  it('lets nobody gain by leaving and coming back', () => {
    const share = waiting(
      new FairShare([
        ['sly', 1],
        ['steady', 1],
      ]),
      'sly',
      'steady',
    );
    const served = { sly: 0, steady: 0 };
    for (let turn = 0; turn < 1_000; turn++) {
      const tenant = share.choose() as 'sly' | 'steady';
      share.charge(tenant, tenant === 'sly' ? 10 : 1);
      served[tenant] += tenant === 'sly' ? 10 : 1;
      if (tenant === 'sly') {
        share.remove('sly');
        share.add('sly');
      }
    }
    expect(Math.abs(served.sly - served.steady)).toBeLessThanOrEqual(20);
  });

  it('remembers what those who left owe, and gives them no turn', () => {
    const share = waiting(new FairShare(), 'gone', 'stays');
    share.charge('gone', 2.5);
    share.remove('gone');
    expect([...serve(share, 50).keys()]).toEqual(['stays']);
  });

  it('gives those who left nothing for rounds that were skipped', () => {
    const share = waiting(new FairShare(), 'deep', 'less', 'sly');
    share.charge('deep', 1_000);
    share.charge('less', 500);
    share.charge('sly', 2);
    share.remove('sly');
    expect(share.choose()).toBe('less');
    share.add('sly');
    expect(serve(share, 20).get('sly')).toBe(10);
  });

  it('gives the turn of one who leaves to the next', () => {
    const share = waiting(new FairShare(), 'a', 'b', 'c');
    expect(share.choose()).toBe('a');
    share.remove('a');
    expect(share.choose()).toBe('b');
  });

  it('passes over those who left, and says nobody when nobody waits', () => {
    const share = waiting(new FairShare(), 'a', 'b', 'c');
    expect([share.remove('b'), share.remove('b'), share.add('a')]).toEqual([true, false, false]);
    expect([...serve(share, 4)]).toEqual([
      ['a', 2],
      ['c', 2],
    ]);
    share.remove('a');
    share.remove('c');
    expect([share.size, share.choose()]).toEqual([0, undefined]);
    share.add('d');
    expect(share.choose()).toBe('d');
    expect(share.choose()).toBe('d');
  });

  it('forgives what it is told to', () => {
    const share = waiting(new FairShare(), 'gone', 'stays');
    share.choose();
    share.charge('gone', 50);
    share.remove('gone');
    expect([share.owes('gone'), share.owes('stays')]).toEqual([true, false]);
    share.forgive('gone');
    expect(share.owes('gone')).toBe(false);
    share.add('gone');
    expect(serve(share, 10).get('gone')).toBe(5);
  });

  it('reaches every one of many tenants whose costs are many rounds', () => {
    const share = new FairShare();
    for (let tenant = 0; tenant < 5_000; tenant++) share.add(`t${tenant}`);
    const served = serve(share, 20_000, (name) => 1 + (Number(name.slice(1)) % 1_000) * 10);
    expect(served.size).toBe(5_000);
  });

  it('answers at once for a tenant deep in debt', () => {
    const share = waiting(new FairShare([['tiny', 1e-6]]), 'tiny');
    share.choose();
    share.charge('tiny', 1e9);
    expect(share.choose()).toBe('tiny');
  });

  it('refuses weights and costs that are no shares', () => {
    const share = waiting(new FairShare(), 'a');
    for (const bad of [0, -1, NaN, Infinity]) {
      expect(() => {
        new FairShare([['b', bad]]).add('b');
      }).toThrow('weight');
      expect(() => {
        share.charge('a', bad);
      }).toThrow('cost');
    }
  });
});
