/**
 * Sums of fractions, compared exactly: in floating point where that decides beyond doubt, in big integers where it
 * does not. A utilisation of exactly 1 and one of 1 + 10^-12 have different verdicts.
 */

/** `over / under`, both whole; `under` above zero. */
export interface Fraction {
  readonly over: number;
  readonly under: number;
}

/** The sum in floating point. */
export function approximate(fractions: readonly Fraction[]): number {
  return fractions.reduce((sum, { over, under }) => sum + over / under, 0);
}

/** The sign of `sum(fractions) - limit`; `limit` is whole. */
export function compareSum(fractions: readonly Fraction[], limit: number): -1 | 0 | 1 {
  const about = approximate(fractions) - limit;
  // Each quotient and each addition errs by at most 2^-53 of a sum that is at most `fractions.length * limit`.
  const doubt = (fractions.length + 2) ** 2 * (limit + 1) * 2 ** -52;
  if (Math.abs(about) > doubt) return about < 0 ? -1 : 1;
  const { over, under } = exactSum(fractions);
  const difference = over - BigInt(limit) * under;
  return difference === 0n ? 0 : difference < 0n ? -1 : 1;
}

/** `limit - sum(fractions)`, with the precision of a floating-point number however small it is. */
export function distanceTo(limit: number, fractions: readonly Fraction[]): number {
  const about = limit - approximate(fractions);
  if (about > 1e-3) return about;
  const { over, under } = exactSum(fractions);
  return bigQuotient(BigInt(limit) * under - over, under);
}

function exactSum(fractions: readonly Fraction[]): { over: bigint; under: bigint } {
  let over = 0n;
  let under = 1n;
  for (const fraction of fractions) {
    const next = BigInt(fraction.under);
    const divisor = greatestCommonDivisor(under % next, next);
    const [mine, theirs] = [next / divisor, under / divisor];
    over = over * mine + BigInt(fraction.over) * theirs;
    under *= mine;
  }
  return { over, under };
}

function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  while (a !== 0n) [a, b] = [b % a, a];
  return b;
}

/** `over / under` for integers of any length, rounded toward zero after 64 significant bits. */
function bigQuotient(over: bigint, under: bigint): number {
  if (over === 0n) return 0;
  const shift = Math.max(0, under.toString(2).length - over.toString(2).length + 64);
  return Number((over << BigInt(shift)) / under) / 2 ** shift;
}
