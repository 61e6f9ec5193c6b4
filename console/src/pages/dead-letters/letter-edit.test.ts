import { expect, it } from 'vitest';
import { base64Of, checkedEdit, textOf } from './letter-edit.js';

it('a letter that is edited is checked before it is sent', () => {
  expect(checkedEdit(undefined, '{"a":1}', undefined)).toEqual({ kind: 'good', edit: { headers: { a: 1 } } });
  expect(checkedEdit('{"a":', '{}', 'application/json')).toMatchObject({ kind: 'bad-body' });
  expect(checkedEdit('{"a":', '{}', 'text/plain')).toMatchObject({ kind: 'good' });
  expect(checkedEdit('x', '[1]', undefined)).toMatchObject({ kind: 'bad-headers' });
  expect(checkedEdit('x', '{', undefined)).toMatchObject({ kind: 'bad-headers' });
});

it('its text comes back as it was', () => {
  const text = '信 <b>\u0000\u{1f4e8}';
  expect(Buffer.from(base64Of(text), 'base64').toString('utf8')).toBe(text);
  expect(textOf(new TextEncoder().encode(text))).toBe(text);
  expect(textOf(Uint8Array.of(0xff, 0xfe))).toBeUndefined();
});
