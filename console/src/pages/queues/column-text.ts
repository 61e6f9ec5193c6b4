/** How columns of the list and their values are written, in the language in use. */
import { say, speech } from '../../words/words.svelte.ts';
import type { Column } from './columns.ts';
import { sayQueues } from './words.ts';

export function titleOf({ word, aspect }: Column): string {
  const name = sayQueues(word);
  return aspect === undefined ? name : sayQueues(aspect, { word: name });
}

/** Undefined: unknown; null: never. */
export function written(value: number | string | null | undefined, { unit }: Column): string {
  if (value === undefined) return say('unknown');
  if (value === null) return sayQueues('never');
  if (typeof value === 'string') return value;
  switch (unit) {
    case 'text':
      return String(value);
    case 'count':
      return speech.amount(value);
    case 'bytes':
      return speech.bytes(value);
    case 'seconds':
      return value < 0 ? `−${speech.duration(-value)}` : speech.duration(value);
    case 'perSecond':
      return speech.amount(Math.round(value * 100) / 100);
    case 'ratio':
      return `${speech.amount(Math.round(value * 1_000) / 10)} %`;
  }
}
