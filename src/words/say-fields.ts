/**
 * Says the texts of an answer in the reader's language. Invariant: only the fields that are named are looked at, so that
 * names, codes, commands and what people wrote stay as they are; what is given is not changed.
 */
import type { PhraseBook } from './phrase-book.js';

interface Fields {
  readonly [name: string]: unknown;
}

/**
 * `paths`: `title`, `causes[].title`, `unknown[]`. A line that a person wrote, told by its `kind` of `comment`, is left
 * alone.
 */
export function sayFields(answer: unknown, paths: readonly string[], book: PhraseBook): unknown {
  return paths.reduce((said, path) => sayAt(said, path.split('.'), book), answer);
}

function sayAt(value: unknown, path: readonly string[], book: PhraseBook): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return typeof value === 'string' ? book.say(value) : value;
  if (typeof value !== 'object' || value === null || isComment(value)) return value;
  const isList = step.endsWith('[]');
  const name = isList ? step.slice(0, -2) : step;
  if (!Object.hasOwn(value, name)) return value;
  const field = (value as Fields)[name];
  if (!isList) return { ...value, [name]: sayAt(field, rest, book) };
  if (!Array.isArray(field)) return value;
  return { ...value, [name]: field.map((item) => sayAt(item, rest, book)) };
}

function isComment(value: object): boolean {
  return (value as Fields)['kind'] === 'comment';
}
