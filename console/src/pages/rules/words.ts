/** The words of the pages about rules. */
import { sayer } from '../../words/words.svelte.ts';
import { chinese } from './chinese.ts';
import { english } from './english.ts';

export type { Word } from './english.ts';
export const told = sayer({ en: english, zh: chinese });
