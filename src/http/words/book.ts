/** All that the API may say, in the languages other than English. Invariant: made when somebody first asks for it. */
import { alertsInChinese } from '../../alerts/index.js';
import { monitorInChinese } from '../../monitor/index.js';
import { enginesInChinese } from '../../engines/index.js';
import { operationsInChinese } from '../../operations/index.js';
import { analysisInChinese } from '../../scheduling/index.js';
import { tasksInChinese } from '../../tasks/index.js';
import { PhraseBook, type Language, type Phrases } from '../../words/index.js';
import { problemsInChinese } from './chinese.js';

/** Each beside what it says. */
export const tablesInChinese: readonly Phrases[] = [
  ...[...alertsInChinese, ...monitorInChinese, enginesInChinese, analysisInChinese],
  ...[tasksInChinese, operationsInChinese, problemsInChinese],
];

let chinese: PhraseBook | undefined;

/** Undefined: what is said in this language is said already. */
export function bookOf(language: Language): PhraseBook | undefined {
  if (language === 'en') return undefined;
  return (chinese ??= new PhraseBook(tablesInChinese));
}
