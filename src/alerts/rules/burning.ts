/**
 * How fast an error budget burns, over pairs of windows. Invariant: a pair fires only where both of its windows are
 * known to burn; one window that is known not to burn says enough of its pair.
 */
import type { Rule } from './rule.js';

type Windows = Extract<Rule, { kind: 'burn-rate' }>['windows'];

/** `share`: what went wrong of everything over the last seconds, from 0 to 1; NaN: unknown. `allowed`: likewise. */
export function burnOf(windows: Windows, allowed: number, share: (seconds: number) => number): number {
  let [most, isUnknown] = [0, false];
  for (const { factor, long, short } of windows) {
    const burnt = pairBurn(share(long) / allowed / factor, share(short) / allowed / factor);
    if (Number.isNaN(burnt)) isUnknown = true;
    else most = Math.max(most, burnt);
  }
  // One pair of windows is enough to fire; all are needed to say that nothing burns.
  return isUnknown && most < 1 ? NaN : most;
}

/** From 1 on both burn. NaN: one burns, or neither is known. */
function pairBurn(long: number, short: number): number {
  if (Number.isNaN(long)) return short < 1 ? short : NaN;
  if (Number.isNaN(short)) return long < 1 ? long : NaN;
  return Math.min(long, short);
}
