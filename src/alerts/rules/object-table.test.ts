/** The table of objects against a list of everything that was measured, over random lives. */
import { describe, expect, it } from 'vitest';
import { seededRandom, type Random } from '../../kernel/index.js';
import { ObjectTable } from './object-table.js';

const intervalSeconds = 5;
const columns = [0, 1];
const names = ['a', 'b', 'c', 'd'];

interface Seen {
  readonly second: number;
  readonly figures: ReadonlyMap<string, Float64Array>;
}

/** Plain words for what `rate` promises. */
function modelRate(past: readonly Seen[], name: string, column: number, seconds: number): number {
  const now = past.at(-1)!;
  let later = now.figures.get(name)?.[column] ?? NaN;
  if (Number.isNaN(later)) return NaN;
  let [increments, since] = [0, now.second];
  for (const { second, figures } of past.slice(0, -1).reverse()) {
    if (now.second - second > seconds) break;
    const count = figures.get(name)?.[column] ?? NaN;
    if (Number.isNaN(count)) continue;
    increments += later >= count ? later - count : later;
    [later, since] = [count, second];
  }
  const span = now.second - since;
  return span < seconds / 2 ? NaN : increments / span;
}

function modelPast(past: readonly Seen[], name: string, column: number, seconds: number): number {
  const wanted = past.at(-1)!.second - seconds;
  const found = past.findLast(({ second }) => second <= wanted);
  if (found === undefined || wanted - found.second > 30) return NaN;
  return found.figures.get(name)?.[column] ?? NaN;
}

/** Figures that mostly stand still, and at times change, become unknown or begin again. */
function nextFigures(before: Float64Array | undefined, random: Random): Float64Array {
  return Float64Array.from(columns, (column) => {
    const figure = before?.[column] ?? 0;
    const turn = random.integer(60);
    if (turn === 0) return NaN;
    if (turn === 1) return 0;
    return (Number.isNaN(figure) ? 0 : figure) + (turn < 6 ? random.integer(9) : 0);
  });
}

describe('ObjectTable', () => {
  it.each([1, 2, 3, 4])('tells what a list of all measurements tells (seed %i)', (seed) => {
    const random = seededRandom(seed);
    const table = new ObjectTable(columns.length, intervalSeconds);
    table.keep(columns.map((column) => ({ column, seconds: 100 })));
    const past: Seen[] = [];
    const current = new Map<string, Float64Array>();
    let known = 0;
    for (let tick = 0; tick < 400; tick++) {
      const second = 1_000 + tick * intervalSeconds;
      if (tick === 200) table.keep(columns.map((column) => ({ column, seconds: 250 })));
      // Longer times are told when there has been room for them.
      const secondsMax = tick < 260 ? 100 : 250;
      table.begin(second);
      const figures = new Map<string, Float64Array>();
      for (const name of names) {
        current.set(name, nextFigures(current.get(name), random));
        if (random.integer(40) === 0) continue;
        figures.set(name, current.get(name)!);
        table.see([name], current.get(name)!);
      }
      past.push({ second, figures });
      for (const name of figures.keys())
        for (const column of columns)
          for (const seconds of [5, 30, secondsMax]) {
            const slot = table.place([name]);
            const rate = table.rate(slot, column, seconds);
            if (!Number.isNaN(rate)) known++;
            expect(rate).toBe(modelRate(past, name, column, seconds));
            expect(table.past(slot, column, seconds)).toBe(modelPast(past, name, column, seconds));
          }
    }
    expect(known).toBeGreaterThan(1_000);
  });

  it('gives the slot of an object that was released to another, and nothing of what it knew', () => {
    const table = new ObjectTable(1, intervalSeconds);
    table.keep([{ column: 0, seconds: 60 }]);
    for (const [tick, count] of [3, 3, 8].entries()) {
      table.begin(tick * intervalSeconds);
      table.see(['first'], Float64Array.of(count));
    }
    const slot = table.place(['first']);
    table.release(slot);
    table.begin(15);
    expect(table.see(['second'], Float64Array.of(9))).toBe(slot);
    expect(table.past(slot, 0, 5)).toBeNaN();
    table.begin(20);
    table.see(['second'], Float64Array.of(9));
    expect(table.past(slot, 0, 5)).toBe(9);
    expect(table.rate(slot, 0, 10)).toBe(0);
  });

  it('keeps no cells for figures that stand still', () => {
    const bytesOf = (changes: boolean): number => {
      const table = new ObjectTable(1, intervalSeconds);
      table.keep([{ column: 0, seconds: 300 }]);
      for (let tick = 0; tick < 70; tick++) {
        table.begin(tick * intervalSeconds);
        for (let object = 0; object < 1_000; object++)
          table.see([`q${object}`], Float64Array.of(changes ? tick : object));
      }
      return table.memoryBytes;
    };
    expect(bytesOf(false)).toBeLessThan(bytesOf(true) / 10);
  });

  it('takes cells back when a figure has stood still for as long as is kept', () => {
    const table = new ObjectTable(1, intervalSeconds);
    table.keep([{ column: 0, seconds: 50 }]);
    const bytes: number[] = [];
    for (let tick = 0; tick < 200; tick++) {
      table.begin(tick * intervalSeconds);
      // Each object in turn changes for a while.
      for (let object = 0; object < 20; object++)
        table.see([`q${object}`], Float64Array.of(Math.floor(tick / 10) === object ? tick : 0));
      bytes.push(table.memoryBytes);
    }
    expect(bytes.at(-1)).toBe(bytes[20]);
  });
});
