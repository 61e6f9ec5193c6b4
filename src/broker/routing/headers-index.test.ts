import { describe, expect, it } from 'vitest';
import { fieldTable, FieldNumber, timestamp, type FieldTable } from '../content/index.js';
import { HeadersIndex } from './headers-index.js';

function routes(bindingArguments: FieldTable, headers: FieldTable): boolean {
  const index = new HeadersIndex<string>();
  index.add('', 'queue', bindingArguments);
  let found = false;
  index.route(
    '',
    { get: (name) => headers.get(name), property: () => undefined },
    { add: () => (found = true) },
  );
  return found;
}

describe('HeadersIndex', () => {
  it('matches all unless told otherwise', () => {
    const asked = fieldTable({ type: 'report', pages: 3 });
    expect(routes(asked, fieldTable({ type: 'report', pages: 3, more: true }))).toBe(true);
    expect(routes(asked, fieldTable({ type: 'report' }))).toBe(false);
    expect(routes(fieldTable({ 'x-match': 'any', type: 'report', pages: 3 }), fieldTable({ pages: 3 }))).toBe(
      true,
    );
    expect(routes(fieldTable({ 'x-match': 'any', type: 'report' }), fieldTable({ type: 'memo' }))).toBe(
      false,
    );
  });

  it('matches everything where all of nothing is asked, nothing where any of nothing is', () => {
    expect(routes(fieldTable({}), fieldTable({}))).toBe(true);
    expect(routes(fieldTable({ 'x-match': 'all', 'x-ignored': 1 }), fieldTable({}))).toBe(true);
    expect(routes(fieldTable({ 'x-match': 'any' }), fieldTable({ a: 1 }))).toBe(false);
    expect(routes(fieldTable({ 'x-match': 'any', 'x-ignored': 1 }), fieldTable({ 'x-ignored': 1 }))).toBe(
      false,
    );
  });

  it('compares headers that begin with x- only when told to', () => {
    expect(routes(fieldTable({ 'x-match': 'all', 'x-a': 1 }), fieldTable({ 'x-a': 2 }))).toBe(true);
    expect(routes(fieldTable({ 'x-match': 'all-with-x', 'x-a': 1 }), fieldTable({ 'x-a': 2 }))).toBe(false);
    expect(routes(fieldTable({ 'x-match': 'any-with-x', 'x-a': 1 }), fieldTable({ 'x-a': 1 }))).toBe(true);
  });

  it('asks only for presence where the value is void', () => {
    expect(routes(fieldTable({ a: null }), fieldTable({ a: 'whatever' }))).toBe(true);
    expect(routes(fieldTable({ a: null }), fieldTable({ b: 1 }))).toBe(false);
    expect(routes(fieldTable({ a: 1 }), fieldTable({ a: null }))).toBe(false);
  });

  it('takes widths of integers, and text and bytes, as one kind; integers, floats and times apart', () => {
    const one = (value: FieldNumber): FieldTable => new Map([['a', value]]);
    expect(routes(one(new FieldNumber('int8', 1)), one(new FieldNumber('int64', 1)))).toBe(true);
    expect(routes(one(new FieldNumber('int8', 1)), one(new FieldNumber('double', 1)))).toBe(false);
    expect(routes(one(timestamp(1)), one(new FieldNumber('int64', 1)))).toBe(false);
    expect(routes(fieldTable({ a: 'text' }), fieldTable({ a: Buffer.from('text') }))).toBe(true);
  });
});
