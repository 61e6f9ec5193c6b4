import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plainWords, shortPath } from './plain-words.js';
import { fingerprintOf, type Cause } from './stack-fingerprint.js';
import { framesOf } from './stack-frames.js';

const node = (folder: string, line: number, order: string): string =>
  [
    `TypeError: order ${order} has no total`,
    `    at totalOf (file://${folder}/src/orders.js:${line}:11)`,
    `    at async Worker.charge [as run] (${folder}/src/worker.js:${line + 3}:5)`,
    `    at new Batch (${folder}/node_modules/lib/batch.js:1:2)`,
    `    at ${folder}/src/main.js:${line}:1`,
    '    at process.processTicksAndRejections (node:internal/process/task_queues:95:5)',
  ].join('\n');

const python = (folder: string, line: number): string =>
  [
    'Traceback (most recent call last):',
    `  File "${folder}/worker/main.py", line ${line}, in <module>`,
    '    run()',
    `  File "/usr/lib/python3.11/asyncio/base_events.py", line 1, in run`,
    `  File "${folder}/worker/orders.py", line ${line + 1}, in charge`,
    '    raise ValueError("no total")',
    'ValueError: no total',
  ].join('\n');

const java = (line: number, lambda: number): string =>
  [
    'com.acme.OrderFailed: order 17',
    `\tat com.acme.Orders.handle(Orders.java:${line})`,
    `\tat java.base/java.lang.Thread.run(Thread.java:840)`,
    'Caused by: java.lang.NullPointerException: Cannot invoke "Total.get()"',
    `\tat com.acme.Orders.lambda$handle$${lambda}(Orders.java:${line + 2})`,
    `\tat app//com.acme.Orders$$Lambda$${lambda}/0x000000080.run(Unknown Source)`,
    '\tat java.base/java.util.ArrayList.forEach(ArrayList.java:1511)',
    '\t... 12 more',
  ].join('\n');

const cause = (changes: Partial<Cause>): Cause => ({
  ...{ reason: 'failed', source: 'orders', exception: 'TypeError', message: undefined, stack: undefined },
  ...changes,
});
const printOf = (changes: Partial<Cause>): string => fingerprintOf(cause(changes)).fingerprint;

describe('frames', () => {
  it('of Node are the own ones, without lines', () => {
    expect(fingerprintOf(cause({ stack: node('/srv/releases/41', 12, 'A-1') })).frames).toEqual([
      'totalOf @ src/orders.js',
      'Worker.charge @ src/worker.js',
      'src/main.js',
    ]);
  });

  it('of Python begin with the innermost', () => {
    expect(fingerprintOf(cause({ stack: python('/opt/app', 3) })).frames).toEqual([
      'charge @ worker/orders.py',
      'worker/main.py',
    ]);
  });

  it('of Java are those of the last cause', () => {
    expect(fingerprintOf(cause({ stack: java(40, 7) })).frames).toEqual([
      'com.acme.Orders.lambda$handle$#',
      'com.acme.Orders#.run',
    ]);
  });

  it('of .NET and Ruby are read too', () => {
    const dotnet =
      '   at Acme.Orders.Charge(String id) in C:\\src\\Acme\\Orders.cs:line 42\n   at System.Threading.Tasks.Task.Run()';
    expect(framesOf(dotnet)).toEqual([
      { call: 'Acme.Orders.Charge', file: 'C:\\src\\Acme\\Orders.cs', isOwn: true },
      { call: 'System.Threading.Tasks.Task.Run', file: undefined, isOwn: false },
    ]);
    expect(framesOf("app/orders.rb:12:in 'charge'\n\tfrom app/main.rb:3:in `<main>'")).toMatchObject([
      { call: 'charge', file: 'app/orders.rb' },
      { call: '<main>', file: 'app/main.rb' },
    ]);
  });

  it('of a library alone count where there are no others', () => {
    const stack = 'Error: x\n    at parse (node:internal/url:1:2)';
    expect(fingerprintOf(cause({ stack })).frames).toEqual(['parse @ node:internal/url']);
  });
});

describe('a fingerprint', () => {
  it('is the same on another machine, in another release, for another order', () => {
    fc.assert(
      fc.property(fc.nat(99_999), fc.nat(99_999), fc.uuid(), (line, release, order) => {
        const at = `/srv/releases/${release}`;
        expect(printOf({ stack: node(at, line, order), message: order })).toBe(
          printOf({ stack: node('/a', 1, 'b') }),
        );
        expect(printOf({ stack: python(at, line) })).toBe(printOf({ stack: python('/b', 1) }));
        expect(printOf({ stack: java(line, release) })).toBe(printOf({ stack: java(1, 2) }));
      }),
    );
  });

  it('differs by reason, source, exception and call', () => {
    const stack = node('/a', 1, 'b');
    const all = [
      printOf({ stack }),
      printOf({ stack, reason: 'rejected' }),
      printOf({ stack, source: 'payments' }),
      printOf({ stack, exception: 'RangeError' }),
      printOf({ stack: stack.replace('totalOf', 'taxOf') }),
      printOf({ stack: undefined }),
    ];
    expect(new Set(all).size).toBe(all.length);
  });

  it('without a stack is that of the words', () => {
    const said = (order: string, ms: number): string =>
      printOf({ message: `order '${order}' timed out after ${ms} ms at https://pay.example/${order}` });
    expect(said('A-1', 250)).toBe(said('B-77', 9_000));
    expect(said('A-1', 250)).not.toBe(printOf({ message: 'the card was refused' }));
  });

  it('stays what it was in earlier releases', () => {
    expect(printOf({ stack: python('/opt/app', 3) })).toBe('eadec2cc2415689b');
  });

  it('takes any text, and time by its length alone', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 400, unit: 'binary' }), (text) => {
        expect(printOf({ stack: text, message: text })).toMatch(/^[0-9a-f]{16}$/);
        expect(plainWords(plainWords(text))).toBe(plainWords(text));
      }),
    );
    for (const evil of ["'", '"', '/a', '1.', 'a@', 'at (', 'http://', '\\a', '0x', 'File "', 'a', 'a-'])
      expect(printOf({ stack: evil.repeat(200_000), message: evil.repeat(200_000) })).toHaveLength(16);
  });
});

it('words lose what changes', () => {
  expect(plainWords('user 42 <a@b.example> at /srv/app/x.js, key "k-1", 0xDEADBEEF')).toBe(
    'user <n> <<address>> at <path>, key <value>, <address>',
  );
  expect(plainWords('first line\nsecond')).toBe('first line');
  expect(shortPath('/srv/releases/2026-01-01/dist/main.4f3a9b2c.js')).toBe('dist/main.js');
});
