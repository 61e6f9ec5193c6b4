/** How figures of engines are written. Invariant: what is unknown is said to be unknown, never written as 0. */
import { speech } from '../../words/words.svelte.ts';
import { sayOfEngine } from './words.ts';

export function amountOf(value: number | undefined): string {
  return value === undefined ? sayOfEngine('unknown') : speech.amount(value);
}

export function bytesOf(value: number | undefined): string {
  return value === undefined ? sayOfEngine('unknown') : speech.bytes(value);
}

/** A value with its limit, where there is one. */
export function ofLimit(value: string, limit: string | undefined): string {
  return limit === undefined ? value : sayOfEngine('ofLimit', { value, limit });
}

/** Rounded down: what was not all of the time is not 100 %. */
export function shareOf(share: number | undefined): string {
  return share === undefined ? sayOfEngine('unknown') : `${Math.floor(share * 100_000) / 1_000} %`;
}

export function yesOrNo(value: boolean | undefined): string {
  return value === undefined ? sayOfEngine('unknown') : sayOfEngine(value ? 'yes' : 'no');
}
