/** The words of the language in use, and how numbers, sizes and times are written in it. */
import { chinese } from './chinese.ts';
import { durationParts } from './duration.ts';
import { english, type Word, type Words } from './english.ts';
import { kept, keep } from '../kept.ts';

export type Language = 'en' | 'zh';
export type Given = Readonly<Record<string, string | number>>;

const dictionaries: Readonly<Record<Language, Words>> = { en: english, zh: chinese };
/** As beside plots: hours from 00 to 23. */
const wholeDay = { hourCycle: 'h23' } as const;
const fitting: Language = navigator.language.startsWith('zh') ? 'zh' : 'en';

class Speech {
  language = $state<Language>(kept('language', ['en', 'zh']) ?? fitting);
  #words = $derived(dictionaries[this.language]);
  #amount = $derived(new Intl.NumberFormat(this.language, { maximumSignificantDigits: 4 }));
  #count = $derived(new Intl.NumberFormat(this.language, { maximumFractionDigits: 0 }));
  #exact = $derived(new Intl.NumberFormat(this.language, { maximumFractionDigits: 6 }));
  #clock = $derived(new Intl.DateTimeFormat(this.language, { timeStyle: 'medium', ...wholeDay }));
  #day = $derived(new Intl.DateTimeFormat(this.language, { dateStyle: 'medium' }));
  #moment = $derived(
    new Intl.DateTimeFormat(this.language, { dateStyle: 'medium', timeStyle: 'medium', ...wholeDay }),
  );

  change(language: Language): void {
    this.language = language;
    keep('language', language);
    this.show();
  }

  /** Tells the browser and screen readers which language this is. */
  show(): void {
    document.documentElement.lang = this.language === 'zh' ? 'zh-CN' : 'en';
  }

  /** The word or sentence, with `{name}` replaced by what is given. */
  say(word: Word, given?: Given): string {
    return this.fill(this.#words[word], given);
  }

  /** A sentence with `{name}` replaced by what is given, and `{name|one|several}` by the word that its number has. */
  fill(sentence: string, given: Given = {}): string {
    return sentence.replace(
      /\{(\w+)(?:\|([^|}]*)\|([^|}]*))?\}/g,
      (whole, name: string, one: string | undefined, several: string | undefined) => {
        const value = given[name];
        if (value === undefined) return whole;
        if (one !== undefined && several !== undefined) return String(value) === '1' ? one : several;
        return typeof value === 'number' ? this.#count.format(value) : value;
      },
    );
  }

  amount(value: number): string {
    return Math.abs(value) >= 1_000 ? this.#count.format(value) : this.#amount.format(value);
  }

  /** With every digit that it has. */
  exact(value: number): string {
    return this.#exact.format(value);
  }

  bytes(value: number): string {
    const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
    let power = 0;
    while (Math.abs(value) >= 1_024 && power < units.length - 1) {
      value /= 1_024;
      power++;
    }
    return `${this.amount(power === 0 ? value : Math.round(value * 10) / 10)} ${units[power]}`;
  }

  /** A duration given in seconds, in the unit that suits it; from a minute on in two whole ones. */
  duration(seconds: number): string {
    if (seconds === 0) return this.say('seconds', { count: 0 });
    if (seconds < 1e-3) return this.say('microseconds', { count: this.amount(seconds * 1e6) });
    if (seconds < 1) return this.say('milliseconds', { count: this.amount(seconds * 1e3) });
    if (seconds < 59.995) return this.say('seconds', { count: this.amount(seconds) });
    return durationParts(seconds)
      .map(({ count, word }) => this.say(word, { count }))
      .join(' ');
  }

  clock(ms: number): string {
    return this.#clock.format(ms);
  }

  day(ms: number): string {
    return this.#day.format(ms);
  }

  moment(ms: number): string {
    return this.#moment.format(ms);
  }
}

export const speech = new Speech();
speech.show();

/** Short for `speech.say`. */
export function say(word: Word, given?: Given): string {
  return speech.say(word, given);
}

/** Text as it begins the name of a field or a choice; within a sentence it begins as it is. */
export function capital(text: string): string {
  return text.slice(0, 1).toLocaleUpperCase('en') + text.slice(1);
}

/** `say` for the words of one page, which load with it. */
export function sayer<Own extends string>(words: {
  readonly en: Readonly<Record<Own, string>>;
  readonly zh: Readonly<Record<Own, string>>;
}): (word: Own, given?: Given) => string {
  return (word, given) => speech.fill(words[speech.language][word], given);
}
