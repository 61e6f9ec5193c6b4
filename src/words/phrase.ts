/**
 * One sentence in two languages: English with its gaps in braces, as programs write it, and the same in another
 * language. A text is recognised by the English, and said again with what stood in the gaps. Pure.
 */

/**
 * What may stand in a gap, and what becomes of it: anything, as it stands (`{queue}`); a figure with its unit
 * (`{value:figure}`); what is measured, as rules write it (`{series:metric}`); a text that is a phrase itself, or
 * anything else (`{summary:phrase}`); a text that must be a phrase (`{summary:sentence}`).
 */
type GapKind = 'plain' | 'figure' | 'metric' | 'phrase' | 'sentence';

interface Gap {
  readonly name: string;
  readonly kind: GapKind;
}

/** How the gaps of one language are said; undefined: such a gap cannot hold that. */
export type GapWording = (text: string, kind: GapKind) => string | undefined;

const gapPattern = /\{([A-Za-z]+)(?::(figure|metric|phrase|sentence))?\}/g;

/** The names in the gaps of a sentence. */
export function gapsIn(sentence: string): readonly string[] {
  return [...sentence.matchAll(gapPattern)].map(([, name]) => name!);
}

/** Sentences as a table writes them: the English, and what it is in the language of the table. */
export type Phrases = Readonly<Record<string, string>>;

export class Phrase {
  /** How much of it is not a gap: of two that fit a text, the one that says more counts. */
  readonly fixedLength: number;
  /** What a text begins with, up to the first gap. */
  readonly beginning: string;
  readonly #fixed: readonly string[];
  readonly #gaps: readonly Gap[];
  readonly #said: string;

  constructor(english: string, said: string) {
    const matches = [...english.matchAll(gapPattern)];
    this.#gaps = matches.map(([, name, kind]) => ({
      name: name!,
      kind: (kind ?? 'plain') as GapKind,
    }));
    this.#fixed = english.replaceAll(gapPattern, '\u0000').split('\u0000');
    this.#said = said;
    this.beginning = this.#fixed[0]!;
    this.fixedLength = this.#fixed.reduce((sum, { length }) => sum + length, 0);
  }

  get hasGaps(): boolean {
    return this.#gaps.length > 0;
  }

  /** The text in the other language; undefined: it is another sentence. */
  say(text: string, wording: GapWording): string | undefined {
    const found = this.#read(text);
    if (found === undefined) return undefined;
    const worded = new Map<string, string>();
    for (const [at, { name, kind }] of this.#gaps.entries()) {
      const said = wording(found[at]!, kind);
      if (said === undefined) return undefined;
      worded.set(name, said);
    }
    return this.#said.replace(gapPattern, (whole, name: string) => worded.get(name) ?? whole);
  }

  /** What stands in the gaps: each as short as the words around it allow, and never nothing. */
  #read(text: string): string[] | undefined {
    const [first, last] = [this.#fixed[0]!, this.#fixed.at(-1)!];
    if (!text.startsWith(first) || !text.endsWith(last)) return undefined;
    const found: string[] = [];
    let from = first.length;
    for (let at = 1; at < this.#fixed.length; at++) {
      const isLast = at === this.#fixed.length - 1;
      const to = isLast ? text.length - last.length : text.indexOf(this.#fixed[at]!, from + 1);
      if (to <= from) return undefined;
      found.push(text.slice(from, to));
      from = to + this.#fixed[at]!.length;
    }
    return found;
  }
}
