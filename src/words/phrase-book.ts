/**
 * All sentences of one language, to say English texts in it when somebody reads them. Invariants: a text that nobody put
 * into the book stays in English; what stood in the gaps of a sentence is never read as a sentence unless its table says
 * so; the work is bounded by the length of the text.
 */
import { figureInChinese } from './figure-words.js';
import { Phrase, type GapWording, type Phrases } from './phrase.js';

/** Longer texts are not what this is for. */
const textLengthMax = 4_000;
/** `sluice_messages_ready`, `rate(…)`, `60 * rate(…)`. */
const metricPattern = /^(?:[\d.]+ [*/] )?[a-z][a-z0-9]*[_(]/;
/** Sentences within sentences. */
const depthMax = 4;

export class PhraseBook {
  readonly #exact = new Map<string, string>();
  /** By the first word; those that say most come first. */
  readonly #byWord = new Map<string, Phrase[]>();
  /** Those that begin with a gap, or with a part of a word. */
  readonly #open: Phrase[] = [];

  constructor(tables: readonly Phrases[]) {
    for (const table of tables) for (const [english, said] of Object.entries(table)) this.#add(english, said);
    for (const phrases of [...this.#byWord.values(), this.#open])
      phrases.sort((left, right) => right.fixedLength - left.fixedLength);
  }

  /** The text in the language of the book; in English where the book does not know it. */
  say(text: string): string {
    return this.find(text) ?? text;
  }

  /** Undefined: the book does not know it. */
  find(text: string): string | undefined {
    return this.#find(text, depthMax);
  }

  #find(text: string, depth: number): string | undefined {
    const exact = this.#exact.get(text);
    if (exact !== undefined || depth === 0 || text.length > textLengthMax) return exact;
    const wording: GapWording = (found, kind) => this.#gap(found, kind, depth);
    for (const phrases of [this.#byWord.get(firstWord(text)) ?? [], this.#open])
      for (const phrase of phrases) {
        const said = phrase.say(text, wording);
        if (said !== undefined) return said;
      }
    return this.#findList(text, depth);
  }

  #gap(found: string, kind: Parameters<GapWording>[1], depth: number): string | undefined {
    switch (kind) {
      case 'plain':
        return found;
      case 'figure':
        return figureInChinese(found);
      case 'metric':
        return metricPattern.test(found) ? found : undefined;
      case 'phrase':
        return this.#find(found, depth - 1) ?? found;
      case 'sentence':
        return this.#find(found, depth - 1);
    }
  }

  /** Sentences one after the other; each must be known. */
  #findList(text: string, depth: number): string | undefined {
    const parts = text.split('; ');
    if (parts.length === 1) return undefined;
    const said = parts.map((part) => this.#find(part, depth - 1));
    return said.every((each) => each !== undefined) ? said.join('；') : undefined;
  }

  #add(english: string, said: string): void {
    const phrase = new Phrase(english, said);
    if (!phrase.hasGaps) {
      this.#exact.set(english, said);
      return;
    }
    const word = phrase.beginning.includes(' ') ? firstWord(phrase.beginning) : undefined;
    const phrases = word === undefined ? this.#open : (this.#byWord.get(word) ?? []);
    phrases.push(phrase);
    if (word !== undefined) this.#byWord.set(word, phrases);
  }
}

function firstWord(text: string): string {
  const end = text.indexOf(' ');
  return end === -1 ? text : text.slice(0, end);
}
