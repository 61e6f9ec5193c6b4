/**
 * What stands after a backslash or between `[:` and `:]` in a pattern, as PCRE reads it without the Unicode
 * option: classes are ASCII. Anything not listed here is refused, never guessed.
 */
import { characterSet, complement, type CharacterSet } from './pattern-tree.js';

const digit = characterSet([[0x30, 0x39]]);
const lower = characterSet([[0x61, 0x7a]]);
const upper = characterSet([[0x41, 0x5a]]);
const blank = characterSet([
  [0x09, 0x09],
  [0x20, 0x20],
]);
const space = characterSet([
  [0x09, 0x0d],
  [0x20, 0x20],
]);
const alpha = characterSet([
  [0x41, 0x5a],
  [0x61, 0x7a],
]);
const alnum = characterSet([
  [0x30, 0x39],
  [0x41, 0x5a],
  [0x61, 0x7a],
]);

/** Letters, digits and the underscore. */
export const wordSet = characterSet([
  [0x30, 0x39],
  [0x41, 0x5a],
  [0x5f, 0x5f],
  [0x61, 0x7a],
]);

const escapedClasses = new Map<string, CharacterSet>([
  ['d', digit],
  ['D', complement(digit)],
  ['w', wordSet],
  ['W', complement(wordSet)],
  ['s', space],
  ['S', complement(space)],
  ['h', blank],
]);

const namedClasses = new Map<string, CharacterSet>([
  ['alpha', alpha],
  ['digit', digit],
  ['alnum', alnum],
  ['upper', upper],
  ['lower', lower],
  ['space', space],
  ['blank', blank],
  ['word', wordSet],
  ['punct', characterSet([[0x21, 0x2f], [0x3a, 0x40], [0x5b, 0x60], [0x7b, 0x7e]])], // prettier-ignore
  ['graph', characterSet([[0x21, 0x7e]])],
  ['print', characterSet([[0x20, 0x7e]])],
  ['cntrl', characterSet([[0x00, 0x1f], [0x7f, 0x7f]])], // prettier-ignore
  ['xdigit', characterSet([[0x30, 0x39], [0x41, 0x46], [0x61, 0x66]])], // prettier-ignore
]);

const controls = new Map([
  ['a', 0x07],
  ['e', 0x1b],
  ['f', 0x0c],
  ['n', 0x0a],
  ['r', 0x0d],
  ['t', 0x09],
]);

/** A class or one character, and how many characters of the source it took after the backslash. */
export interface Escape {
  readonly set: CharacterSet;
  readonly single: number | undefined;
  readonly length: number;
}

/** Reads the escape at `at`, just after the backslash; `undefined` when it is not one we know. */
export function readEscape(source: string, at: number): Escape | undefined {
  const code = source.codePointAt(at);
  if (code === undefined) return undefined;
  const letter = String.fromCodePoint(code);
  const set = escapedClasses.get(letter);
  if (set !== undefined) return { set, single: undefined, length: 1 };
  if (letter === 'x') return readHexadecimal(source, at);
  const single = controls.get(letter) ?? (/[0-9A-Za-z]/.test(letter) ? undefined : code);
  return single === undefined ? undefined : one(single, letter.length);
}

/** Reads `[:name:]` or `[:^name:]` at `at`; `undefined` when there is none there. */
export function readNamedClass(source: string, at: number): Escape | undefined {
  const found = /^\[:(\^?)([a-z]{1,8}):\]/.exec(source.slice(at, at + 16));
  const set = found === null ? undefined : namedClasses.get(found[2]!);
  if (found === null || set === undefined) return undefined;
  return { set: found[1] === '^' ? complement(set) : set, single: undefined, length: found[0].length };
}

function readHexadecimal(source: string, at: number): Escape | undefined {
  const found = /^x(?:\{([0-9A-Fa-f]{1,6})\}|([0-9A-Fa-f]{1,2}))/.exec(source.slice(at, at + 10));
  if (found === null) return undefined;
  const code = Number.parseInt(found[1] ?? found[2]!, 16);
  return code > 0x10ffff ? undefined : one(code, found[0].length);
}

function one(code: number, length: number): Escape {
  return { set: [code, code], single: code, length };
}
