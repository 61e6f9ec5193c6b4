/** All that alerts, incidents, their causes and remedies say, in Chinese. */
import { PhraseBook, type Phrases } from '../words/index.js';
import { machineSignaturesInChinese } from './diagnosis/signatures/chinese-machines.js';
import { queueSignaturesInChinese } from './diagnosis/signatures/chinese-queues.js';
import { incidentsInChinese } from './incidents/chinese.js';
import { remediesInChinese } from './remedies/chinese.js';
import { reportInChinese } from './report/chinese.js';
import { rulesInChinese } from './rules/chinese.js';

export const alertsInChinese: readonly Phrases[] = [
  queueSignaturesInChinese,
  machineSignaturesInChinese,
  rulesInChinese,
  incidentsInChinese,
  remediesInChinese,
  reportInChinese,
];

let book: PhraseBook | undefined;

/** Made when somebody first asks for it. */
export function alertsBookInChinese(): PhraseBook {
  return (book ??= new PhraseBook(alertsInChinese));
}
