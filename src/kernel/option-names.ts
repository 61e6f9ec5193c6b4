/**
 * Options that programs give by name. Invariant: a name that does not exist is refused where it was written: a typing
 * error would otherwise be an option that is quietly not there. Pure.
 */
import { SluiceError } from './errors.js';

/** Every name of `Options`; the compiler refuses one that is missing, and one too many. */
export type OptionNames<Options> = { readonly [Name in keyof Required<Options>]: true };

/** Changes of letters up to which another name is taken for a typing error. */
const distanceMax = 2;

/** Throws `bad-input` for what is no object, and for a name that is not among `names` (details: `option`). */
export function requireKnownOptions(
  given: object,
  names: Readonly<Record<string, true>>,
  what: string,
): void {
  if (!isTable(given))
    throw new SluiceError('bad-input', `the options of ${what} are an object, not ${kindOf(given)}`);
  for (const name in given) if (!Object.hasOwn(names, name)) throw unknownOption(name, names, what);
}

function isTable(given: unknown): boolean {
  return typeof given === 'object' && given !== null && !Array.isArray(given);
}

function kindOf(given: unknown): string {
  if (given === null || given === undefined) return String(given);
  return Array.isArray(given) ? 'a list' : `a ${typeof given}`;
}

function unknownOption(name: string, names: Readonly<Record<string, true>>, what: string): SluiceError {
  const meant = nearest(name, Object.keys(names));
  const advice =
    meant === undefined ? `there are ${Object.keys(names).join(', ')}` : `did you mean '${meant}'?`;
  return new SluiceError('bad-input', `'${name}' is no option of ${what}: ${advice}`, {
    details: { option: name },
  });
}

function nearest(name: string, names: readonly string[]): string | undefined {
  let [found, least] = [undefined as string | undefined, Math.min(distanceMax + 1, name.length)];
  for (const known of names) {
    const changes = distance(name.toLowerCase(), known.toLowerCase());
    if (changes < least) [found, least] = [known, changes];
  }
  return found;
}

/** Letters to put in, leave out or change, to come from one text to the other (Levenshtein). */
function distance(from: string, to: string): number {
  if (Math.abs(from.length - to.length) > distanceMax) return distanceMax + 1;
  let row = Array.from({ length: to.length + 1 }, (_, at) => at);
  for (let at = 1; at <= from.length; at++) {
    const next = [at];
    for (let other = 1; other <= to.length; other++) {
      const changed = row[other - 1]! + (from[at - 1] === to[other - 1] ? 0 : 1);
      next.push(Math.min(changed, row[other]! + 1, next[other - 1]! + 1));
    }
    row = next;
  }
  return row[to.length]!;
}
