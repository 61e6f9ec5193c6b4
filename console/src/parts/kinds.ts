/** Kinds of things that are measured, in words; one that has none is told by its name in the catalogue. */
import { speech } from '../words/words.svelte.ts';
import { kindsInChinese } from './kinds-in-chinese.ts';

export function kindWord(kind: string): string {
  if (speech.language === 'zh' && Object.hasOwn(kindsInChinese, kind)) return kindsInChinese[kind]!;
  return kind.replaceAll('_', ' ');
}
