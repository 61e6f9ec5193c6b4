import { expect, it } from 'vitest';
import { byUserAndVhost, cellKey, gradeOf } from './grade.ts';

it.each([
  ['.*', 'all'],
  ['^.*$', 'all'],
  ['', 'none'],
  ['^$', 'none'],
  [undefined, 'none'],
  ['^orders', 'some'],
  ['.*x', 'some'],
] as const)('grades %s as %s', (pattern, grade) => {
  expect(gradeOf(pattern)).toBe(grade);
});

it('keeps cells apart whatever the names hold', () => {
  const held = [
    { user: 'a\n', vhost: 'b' },
    { user: 'a', vhost: '\nb' },
    { user: '","', vhost: '' },
    { user: '__proto__', vhost: 'constructor' },
  ];
  const cells = byUserAndVhost([...held, held[3]!]);
  expect(cells.size).toBe(4);
  for (const each of held)
    expect(cells.get(cellKey(each.user, each.vhost))).toEqual(each === held[3] ? [each, each] : [each]);
});
