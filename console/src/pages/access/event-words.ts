/** An event of the audit log in the language in use. */
import { sayer } from '../../words/words.svelte.ts';
import { chinese, english, isKnown } from './event-texts.ts';

const say = sayer({ en: english, zh: chinese });

/** In words; one of a later release by its code alone. */
export function eventWords(event: string): string {
  return isKnown(event) ? say(event) : event;
}
