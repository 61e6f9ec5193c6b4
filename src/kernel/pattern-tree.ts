/**
 * The shape of a parsed permission pattern, and the sets of characters in it. A set is sorted pairs of code
 * points, both ends included: `[0x30, 0x39]` is the digits.
 */

/** Pairs of first and last code point, sorted and disjoint. */
export type CharacterSet = readonly number[];

/** Names that topic patterns may hold in braces. */
export const patternVariables = ['username', 'vhost', 'client_id'] as const;

export type PatternVariable = (typeof patternVariables)[number];

export type Edge = 'start' | 'end' | 'word-boundary' | 'not-word-boundary';

export type PatternNode =
  | { readonly kind: 'character'; readonly set: CharacterSet }
  | { readonly kind: 'variable'; readonly name: PatternVariable }
  | { readonly kind: 'sequence'; readonly items: readonly PatternNode[] }
  | { readonly kind: 'choice'; readonly options: readonly PatternNode[] }
  /** `max` is Infinity where there is none. */
  | { readonly kind: 'repeat'; readonly item: PatternNode; readonly min: number; readonly max: number }
  | { readonly kind: 'edge'; readonly edge: Edge }
  | { readonly kind: 'look'; readonly item: PatternNode; readonly ahead: boolean; readonly wanted: boolean };

export const lastCodePoint = 0x10ffff;

/** Sorts pairs and joins those that touch. */
export function characterSet(pairs: readonly (readonly [number, number])[]): CharacterSet {
  const sorted = [...pairs].sort((a, b) => a[0] - b[0]);
  const joined: number[] = [];
  for (const [first, last] of sorted) {
    const end = joined.length - 1;
    if (end > 0 && first <= joined[end]! + 1) joined[end] = Math.max(joined[end]!, last);
    else joined.push(first, last);
  }
  return joined;
}

/** Every character that is not in `set`. */
export function complement(set: CharacterSet): CharacterSet {
  const out: number[] = [];
  let next = 0;
  for (let i = 0; i < set.length; i += 2) {
    if (set[i]! > next) out.push(next, set[i]! - 1);
    next = set[i + 1]! + 1;
  }
  if (next <= lastCodePoint) out.push(next, lastCodePoint);
  return out;
}

/** The pairs of a set, for joining it with others. */
export function pairsOf(set: CharacterSet): [number, number][] {
  const pairs: [number, number][] = [];
  for (let i = 0; i < set.length; i += 2) pairs.push([set[i]!, set[i + 1]!]);
  return pairs;
}

/** Adds the other case of every ASCII letter in `set`. */
export function withBothCases(set: CharacterSet): CharacterSet {
  const pairs = pairsOf(set);
  for (const [first, last] of pairsOf(set)) {
    const upper: [number, number] = [Math.max(first, 0x41), Math.min(last, 0x5a)];
    const lower: [number, number] = [Math.max(first, 0x61), Math.min(last, 0x7a)];
    if (upper[0] <= upper[1]) pairs.push([upper[0] + 32, upper[1] + 32]);
    if (lower[0] <= lower[1]) pairs.push([lower[0] - 32, lower[1] - 32]);
  }
  return characterSet(pairs);
}

/** Whether `code` is in `set`; linear, since sets have a handful of pairs. */
export function contains(set: CharacterSet, code: number): boolean {
  for (let i = 0; i < set.length; i += 2) {
    if (code < set[i]!) return false;
    if (code <= set[i + 1]!) return true;
  }
  return false;
}
