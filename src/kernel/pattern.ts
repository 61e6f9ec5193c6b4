/**
 * A permission pattern that can be asked about names. Matching follows all alternatives at once, so its cost
 * is the product of pattern size and name length whatever the pattern is: no pattern can hang the broker.
 *
 * As in RabbitMQ a pattern is searched for anywhere in the name unless it is anchored, and the empty pattern
 * matches only the empty name. One difference, on the safe side: `$` is the very end, never before a final
 * line break.
 */
import { parsePattern } from './pattern-parse.js';
import { compilePattern, type VariableValues } from './pattern-compile.js';
import { matchesAnywhere } from './pattern-run.js';

/** A compiled pattern. */
export interface Pattern {
  readonly source: string;
  matches(name: string): boolean;
}

/** Where a topic pattern's variables get their values; absent for patterns over names. */
export type { VariableValues } from './pattern-compile.js';

const noValues: VariableValues = new Map();
const never = (): boolean => false;

/**
 * Compiles `source`, expanding variables only when `values` is given. A pattern with a variable that has no
 * value matches nothing. Throws `bad-input` saying where and why a pattern is refused.
 */
export function pattern(source: string, values?: VariableValues): Pattern {
  const tree = parsePattern(source === '' ? '^$' : source, values !== undefined);
  const program = compilePattern(tree, values ?? noValues);
  if (program === undefined) return { source, matches: never };
  return { source, matches: (name) => matchesAnywhere(program, name) };
}
