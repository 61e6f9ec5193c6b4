import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../kernel/index.js';
import { KeyGate } from './key-gate.js';
import { KeyTable } from './key-table.js';

/** The obvious gate: a list for each key. */
class ListsModel {
  readonly lines = new Map<number, number[]>();

  enqueue(key: number, position: number): boolean {
    const line = this.lines.get(key) ?? [];
    this.lines.set(key, [...line, position]);
    return line.length === 0;
  }

  remove(position: number): number {
    for (const [key, line] of this.lines) {
      const at = line.indexOf(position);
      if (at < 0) continue;
      const rest = line.filter((other) => other !== position);
      if (rest.length === 0) this.lines.delete(key);
      else this.lines.set(key, rest);
      return at === 0 ? (rest[0] ?? -1) : -1;
    }
    throw new TypeError(`position ${position} is not held`);
  }

  get held(): number[] {
    return [...this.lines.values()].flat();
  }
}

/** Hashes that share low words, so that chains are long and high words decide. */
function hashOf(key: number): [low: number, high: number] {
  return [0x8000_0000 + (key % 3), 0xffff_0000 + key];
}

describe('KeyGate', () => {
  it('answers as a list for each key does', () => {
    const step = fc.record({ enqueue: fc.boolean(), key: fc.nat(6), pick: fc.nat(), skip: fc.nat(600) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 150 }), (steps) => {
        const gate = new KeyGate();
        const model = new ListsModel();
        // Beyond 32 bits, as a queue's positions are after some days.
        let position = 2 ** 33;
        for (const { enqueue, key, pick, skip } of steps) {
          const held = model.held;
          if (enqueue || held.length === 0) {
            position += 1 + skip;
            expect(gate.enqueue(...hashOf(key), position)).toBe(model.enqueue(key, position));
          } else {
            const victim = held[pick % held.length]!;
            expect(gate.remove(victim)).toBe(model.remove(victim));
            expect(gate.has(victim)).toBe(false);
          }
          expect(gate.size).toBe(model.held.length);
          expect(gate.keys).toBe(model.lines.size);
          for (const [name, line] of model.lines) {
            expect(gate.headOf(...hashOf(name))).toBe(line[0]);
            expect(line.map((each) => gate.isEligible(each))).toEqual(line.map((_each, at) => at === 0));
          }
        }
      }),
    );
  });

  it('keeps order per key over many keys, and gives all memory back', () => {
    const random = seededRandom(11);
    const gate = new KeyGate();
    const keys = 5_000;
    const total = 60_000;
    const keyOf = Array.from({ length: total }, () => random.integer(keys));
    const eligible: number[] = [];
    for (const [position, key] of keyOf.entries()) {
      if (gate.enqueue(Math.imul(key, 0x9e3779b9) >>> 0, key, position)) eligible.push(position);
    }
    expect(gate.keys).toBe(new Set(keyOf).size);
    const lastSeen = new Map<number, number>();
    let served = 0;
    while (eligible.length > 0) {
      const at = random.integer(eligible.length);
      const position = eligible[at]!;
      expect(position).toBeGreaterThan(lastSeen.get(keyOf[position]!) ?? -1);
      lastSeen.set(keyOf[position]!, position);
      served++;
      const next = gate.remove(position);
      if (next < 0) eligible.splice(at, 1);
      else eligible[at] = next;
    }
    expect(served).toBe(total);
    expect(gate.size).toBe(0);
    expect(gate.byteLength).toBeLessThanOrEqual(1_024);
  });

  it('holds a position once', () => {
    const gate = new KeyGate();
    gate.enqueue(1, 2, 3);
    expect(() => gate.enqueue(4, 5, 3)).toThrow('linked once');
    expect(() => gate.remove(4)).toThrow('only a message held');
  });

  it('forgets everything when cleared', () => {
    const gate = new KeyGate();
    gate.enqueue(1, 2, 3);
    gate.clear();
    expect([gate.size, gate.keys, gate.has(3), gate.headOf(1, 2)]).toEqual([0, 0, false, -1]);
  });
});

describe('KeyTable', () => {
  it('finds every key after each of many additions and removals', () => {
    const random = seededRandom(3);
    const table = new KeyTable();
    const held = new Map<number, number>();
    for (let round = 0; round < 30_000; round++) {
      const growing = round % 10_000 < 6_000;
      const key = random.integer(4_000);
      const low = Math.imul(key, 0x85ebca6b) >>> 0;
      expect(table.find(low, key)).toBe(held.get(key) ?? 0);
      if (held.has(key) && !growing) {
        table.remove(held.get(key)!);
        held.delete(key);
      } else if (!held.has(key) && growing) {
        held.set(key, table.add(low, key));
      }
      expect(table.size).toBe(held.size);
    }
    for (const [key, record] of held) expect(table.find(Math.imul(key, 0x85ebca6b) >>> 0, key)).toBe(record);
  });
});
