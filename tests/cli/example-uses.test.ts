/** The three uses that the examples show, each run as its reader runs it, and killed on the way. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runProgram, startChild } from '../support/child.mjs';
import { makeWorkplace, type Workplace } from './sluice.js';

const examples = join(import.meta.dirname, '../../examples');
const patienceMs = 30_000;

let place: Workplace;

beforeEach(async () => {
  place = await makeWorkplace();
});

afterEach(() => place.close());

async function output(name: string, ...parameters: string[]): Promise<string[]> {
  const { code, stdout, stderr } = await runProgram(process.execPath, [join(examples, name), ...parameters]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout.trimEnd().split('\n');
}

describe('microservices', () => {
  interface Entry {
    readonly order: string;
    readonly state?: string;
    readonly cents?: number;
  }

  async function ledger(name: string): Promise<Map<string, Entry[]>> {
    const text = await readFile(join(place.folder, `${name}.jsonl`), 'utf8');
    const byOrder = new Map<string, Entry[]>();
    for (const line of text.trimEnd().split('\n')) {
      const entry = JSON.parse(line) as Entry;
      byOrder.set(entry.order, [...(byOrder.get(entry.order) ?? []), entry]);
    }
    return byOrder;
  }

  it('ship or refund each order exactly once, in order, though each service is killed', async () => {
    const lines = await output('microservices/main.mjs', place.folder);
    for (const name of ['order', 'payment', 'stock'])
      expect(lines).toContain(`-- ${name} ended by SIGKILL; started again`);
    const [orders, payments, stock] = [
      await ledger('orders'),
      await ledger('payments'),
      await ledger('stock'),
    ];
    expect(orders.size).toBe(30);
    let kept = 0;
    for (const [order, entries] of orders) {
      const end = entries.at(-1)!.state!;
      expect(entries.map(({ state }) => state)).toEqual(['placed', 'paid', end]);
      expect(['shipped', 'refunded']).toContain(end);
      const decisions = stock.get(order)!.map(({ state }) => state);
      expect(decisions).toEqual([end === 'shipped' ? 'shipped' : 'out of stock']);
      const cents = payments.get(order)!.map((entry) => entry.cents!);
      expect(cents).toEqual(end === 'shipped' ? [cents[0]] : [cents[0], -cents[0]!]);
      if (end === 'shipped') kept += cents[0]!;
    }
    // Which twenty is for the services to decide: orders overtake each other.
    expect(lines.slice(-3)).toEqual([
      'orders: 20 shipped, 10 refunded',
      'stock: 20 of 20 gone',
      `payments: ${kept} cents kept`,
    ]);
  });
});

describe('data processing', () => {
  const program = 'data-processing/main.mjs';
  const [megabytes, chunks] = ['8', 16];
  const done = /^chunk (\d+) done/;

  function chunksDone(lines: readonly string[]): number[] {
    return lines.flatMap((line) => done.exec(line)?.[1] ?? []).map(Number);
  }

  it('goes on after kill -9, without the chunks that were done, to the same result', async () => {
    const first = startChild(process.execPath, [join(examples, program), place.data, megabytes]);
    await first.line((line) => (line.startsWith('chunk') ? line : undefined), patienceMs);
    await first.end('SIGKILL', patienceMs);
    const before = chunksDone(first.tail().split('\n'));

    const lines = await output(program, place.data, megabytes);
    const [, total, doneBefore] = /^(\d+) chunks, (\d+) of them done before$/.exec(lines[0]!)!.map(Number);
    const after = chunksDone(lines);
    expect(total).toBe(chunks);
    // What was finished may have had no time to be told.
    expect(doneBefore).toBeGreaterThanOrEqual(before.length);
    expect(doneBefore).toBeLessThan(chunks);
    expect(after).toHaveLength(chunks - doneBefore!);
    expect(new Set([...before, ...after]).size).toBe(before.length + after.length);

    const result = lines.filter((line) => line.startsWith('sensor'));
    expect(result).toHaveLength(4);
    const alone = await output(program, join(place.folder, 'alone'), megabytes);
    expect(alone.filter((line) => line.startsWith('sensor'))).toEqual(result);
    expect(await output(program, place.data, megabytes)).toEqual([
      `${chunks} chunks, ${chunks} of them done before`,
      ...result,
    ]);
  });
});
