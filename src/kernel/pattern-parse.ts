/**
 * Reads a permission pattern into a tree. The language is the part of PCRE (RabbitMQ's engine) that a linear
 * matcher can honour exactly; back references, atomic groups and possessive repeats are refused by name.
 *
 *   choice   = sequence *( "|" sequence )
 *   sequence = *( atom [ "*" | "+" | "?" | "{" n [ "," [ m ] ] "}" ] [ "?" ] )
 *   atom     = "(" group ")" | "[" class "]" | "\" escape | "." | "^" | "$" | character
 */
import { SluiceError } from './errors.js';
import { readEscape, readNamedClass } from './pattern-escape.js';
import {
  characterSet,
  complement,
  lastCodePoint,
  pairsOf,
  patternVariables,
  withBothCases,
  type CharacterSet,
  type Edge,
  type PatternNode,
} from './pattern-tree.js';

/** Longest pattern, in UTF-16 units. */
export const patternLengthMax = 8_192;

const nestingMax = 64;
const repeatMax = 1_000;
const edges = new Map<string, Edge>([
  ['b', 'word-boundary'],
  ['B', 'not-word-boundary'],
  ['A', 'start'],
  ['z', 'end'],
  ['Z', 'end'],
]);
const looks = new Map([
  ['(?=', { ahead: true, wanted: true }],
  ['(?!', { ahead: true, wanted: false }],
  ['(?<=', { ahead: false, wanted: true }],
  ['(?<!', { ahead: false, wanted: false }],
]);

/**
 * Parses `source`. With `withVariables`, `{username}`, `{vhost}` and `{client_id}` are variables, refused
 * inside `[...]`. Throws `bad-input` naming the position and what is wrong there.
 */
export function parsePattern(source: string, withVariables: boolean): PatternNode {
  if (source.length > patternLengthMax) {
    throw new SluiceError('bad-input', `pattern longer than ${patternLengthMax} characters`);
  }
  return new PatternParser(source, withVariables).parse();
}

class PatternParser {
  readonly #source: string;
  readonly #withVariables: boolean;
  #at = 0;
  #depth = 0;
  #anyCase = false;
  #dotMatchesNewline = false;

  constructor(source: string, withVariables: boolean) {
    this.#source = source;
    this.#withVariables = withVariables;
  }

  parse(): PatternNode {
    const flags = /^\(\?([is]{1,2})\)/.exec(this.#source);
    if (flags !== null) {
      this.#at = flags[0].length;
      this.#anyCase = flags[1]!.includes('i');
      this.#dotMatchesNewline = flags[1]!.includes('s');
    }
    const tree = this.#choice();
    if (this.#at < this.#source.length) this.#fail('unmatched )');
    return tree;
  }

  #choice(): PatternNode {
    if (++this.#depth > nestingMax) this.#fail(`groups nested deeper than ${nestingMax}`);
    const options = [this.#sequence()];
    while (this.#take('|')) options.push(this.#sequence());
    this.#depth--;
    return options.length === 1 ? options[0]! : { kind: 'choice', options };
  }

  #sequence(): PatternNode {
    const items: PatternNode[] = [];
    while (this.#at < this.#source.length && !this.#sees('|') && !this.#sees(')')) {
      items.push(this.#repeated(this.#atom()));
    }
    return items.length === 1 ? items[0]! : { kind: 'sequence', items };
  }

  #repeated(item: PatternNode): PatternNode {
    const bounds = this.#bounds();
    if (bounds === undefined) return item;
    if (this.#take('+')) this.#fail('possessive repeats are not supported');
    this.#take('?'); // Greed changes what is captured, never whether there is a match.
    if (this.#bounds() !== undefined) this.#fail('nothing to repeat');
    return { kind: 'repeat', item, ...bounds };
  }

  #bounds(): { min: number; max: number } | undefined {
    if (this.#take('*')) return { min: 0, max: Infinity };
    if (this.#take('+')) return { min: 1, max: Infinity };
    if (this.#take('?')) return { min: 0, max: 1 };
    const found = /^\{(\d{1,6})(,?)(\d{0,6})\}/.exec(this.#source.slice(this.#at, this.#at + 16));
    if (found === null || (found[2] === '' && found[3] !== '')) return undefined;
    const min = Number(found[1]);
    const max = found[2] === '' ? min : found[3] === '' ? Infinity : Number(found[3]);
    if (min > max) this.#fail('repeat bounds are out of order');
    if (min > repeatMax || (max > repeatMax && max !== Infinity)) this.#fail(`repeat over ${repeatMax}`);
    this.#at += found[0].length;
    return { min, max };
  }

  #atom(): PatternNode {
    if (this.#sees('(')) return this.#group();
    if (this.#sees('[')) return this.#character(this.#class());
    if (this.#take('\\')) return this.#escape();
    if (this.#take('.')) return { kind: 'character', set: this.#dotMatchesNewline ? anything : notNewline };
    if (this.#take('^')) return { kind: 'edge', edge: 'start' };
    if (this.#take('$')) return { kind: 'edge', edge: 'end' };
    if (this.#sees('*') || this.#sees('+') || this.#sees('?')) this.#fail('nothing to repeat');
    const variable = this.#withVariables ? this.#variable() : undefined;
    if (variable !== undefined) {
      this.#at += variable.length + 2;
      return { kind: 'variable', name: variable };
    }
    const code = this.#next();
    return this.#character([code, code]);
  }

  #variable(): (typeof patternVariables)[number] | undefined {
    return patternVariables.find((name) => this.#source.startsWith(`{${name}}`, this.#at));
  }

  #group(): PatternNode {
    const opening = /^\((?:\?(?:<?[=!]|:|P?<[A-Za-z_]\w{0,31}>))?/.exec(
      this.#source.slice(this.#at, this.#at + 40),
    )![0];
    this.#at += opening.length;
    if (this.#sees('?') || this.#sees('*')) this.#fail('this kind of group is not supported');
    const item = this.#choice();
    if (!this.#take(')')) this.#fail('missing )');
    const look = looks.get(opening);
    return look === undefined ? item : { kind: 'look', item, ...look };
  }

  #escape(): PatternNode {
    const edge = edges.get(this.#source.charAt(this.#at));
    if (edge !== undefined) {
      this.#at++;
      return { kind: 'edge', edge };
    }
    const escape = readEscape(this.#source, this.#at);
    if (escape === undefined) this.#fail('this escape is not supported');
    this.#at += escape.length;
    return this.#character(escape.set);
  }

  #class(): CharacterSet {
    this.#at++;
    const negated = this.#take('^');
    const pairs: [number, number][] = [];
    for (let first = true; first || !this.#sees(']'); first = false) {
      if (this.#at >= this.#source.length) this.#fail('missing ]');
      if (this.#withVariables && this.#variable() !== undefined) this.#fail('a variable inside [...]');
      pairs.push(...this.#classItem());
    }
    this.#at++;
    const set = characterSet(pairs);
    const folded = this.#anyCase ? withBothCases(set) : set;
    return negated ? complement(folded) : folded;
  }

  #classItem(): [number, number][] {
    const low = this.#classMember();
    const isRange = this.#sees('-') && this.#source.charAt(this.#at + 1) !== ']';
    if (low.single === undefined || !isRange) return pairsOf(low.set);
    this.#at++;
    if (this.#at >= this.#source.length) this.#fail('missing ]');
    const high = this.#classMember();
    if (high.single === undefined) return [[low.single, low.single], [0x2d, 0x2d], ...pairsOf(high.set)];
    if (high.single < low.single) this.#fail('range out of order');
    return [[low.single, high.single]];
  }

  #classMember(): { set: CharacterSet; single: number | undefined } {
    const named = this.#sees('[:') ? readNamedClass(this.#source, this.#at) : undefined;
    if (named !== undefined) {
      this.#at += named.length;
      return named;
    }
    if (!this.#take('\\')) {
      const code = this.#next();
      return { set: [code, code], single: code };
    }
    if (this.#take('b')) return { set: [0x08, 0x08], single: 0x08 };
    const escape = readEscape(this.#source, this.#at);
    if (escape === undefined) this.#fail('this escape is not supported');
    this.#at += escape.length;
    return escape;
  }

  #character(set: CharacterSet): PatternNode {
    return { kind: 'character', set: this.#anyCase ? withBothCases(set) : set };
  }

  #next(): number {
    const code = this.#source.codePointAt(this.#at)!;
    this.#at += code > 0xffff ? 2 : 1;
    return code;
  }

  #sees(text: string): boolean {
    return this.#source.startsWith(text, this.#at);
  }

  #take(text: string): boolean {
    if (!this.#sees(text)) return false;
    this.#at += text.length;
    return true;
  }

  #fail(what: string): never {
    throw new SluiceError('bad-input', `pattern refused at character ${this.#at}: ${what}`, {
      details: { position: this.#at },
    });
  }
}

const anything: CharacterSet = [0, lastCodePoint];
const notNewline: CharacterSet = complement([0x0a, 0x0a]);
