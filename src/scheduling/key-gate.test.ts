import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../kernel/index.js';
import { KeyGate } from './key-gate.js';
import { KeyRecords } from './key-records.js';
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

/** Hashes that share a bucket and one of their words with others. */
function hashOf(key: number): [low: number, high: number] {
  return [0x8000_0000 + (key % 2) * 0x10_0000, 0xffff_0000 + Math.floor(key / 2)];
}

describe('KeyGate', () => {
  it('answers as a list for each key does', () => {
    const step = fc.record({ action: fc.nat(4), key: fc.nat(3), pick: fc.nat(), skip: fc.nat(600) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 150 }), (steps) => {
        const gate = new KeyGate();
        const model = new ListsModel();
        // Beyond 32 bits, as a queue's positions are after some days.
        let position = 2 ** 33;
        for (const { action, key, pick, skip } of steps) {
          const held = model.held;
          if (action > 1 || held.length === 0) {
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
    let outOfOrder = 0;
    while (eligible.length > 0) {
      const at = random.integer(eligible.length);
      const position = eligible[at]!;
      if (position <= (lastSeen.get(keyOf[position]!) ?? -1)) outOfOrder++;
      lastSeen.set(keyOf[position]!, position);
      served++;
      const next = gate.remove(position);
      if (next < 0) eligible.splice(at, 1);
      else eligible[at] = next;
    }
    expect([served, outOfOrder]).toEqual([total, 0]);
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
    let wrong = 0;
    for (let round = 0; round < 30_000; round++) {
      const growing = round % 10_000 < 6_000;
      const key = random.integer(4_000);
      const low = Math.imul(key, 0x85ebca6b) >>> 0;
      if (table.find(low, key) !== (held.get(key) ?? 0)) wrong++;
      if (held.has(key) && !growing) {
        table.remove(held.get(key)!);
        held.delete(key);
      } else if (!held.has(key) && growing) {
        held.set(key, table.add(low, key));
      }
    }
    for (const [key, record] of held) {
      if (table.find(Math.imul(key, 0x85ebca6b) >>> 0, key) !== record) wrong++;
    }
    expect([wrong, table.size]).toEqual([0, held.size]);
    for (const record of held.values()) table.remove(record);
    expect(table.byteLength).toBeLessThanOrEqual(1_024);
  });
});

describe('KeyRecords', () => {
  it('uses freed records again before it takes more memory, and gives empty pages back', () => {
    const records = new KeyRecords();
    const total = 2_000;
    const held = Array.from({ length: total }, (_, at) => records.add(at, at));
    const fullBytes = records.byteLength;
    const freed = held.filter((_record, at) => at % 100 === 0);
    for (const record of freed) records.remove(record);
    const again = freed.map((_record, at) => records.add(at, at));
    expect([...again].sort((left, right) => left - right)).toEqual(freed);
    expect(
      again.map((record) => [records.head(record), records.tail(record), records.chain(record)]),
    ).toEqual(again.map(() => [0, 0, 0]));
    expect(records.byteLength).toBe(fullBytes);
    for (const record of held.slice(0, total / 2)) records.remove(record);
    expect(records.byteLength).toBeLessThan(fullBytes * 0.6);
    for (let at = 0; at < total / 2; at++) records.add(at, at);
    expect(records.byteLength).toBe(fullBytes);
    expect(records.size).toBe(total);
  });
});
