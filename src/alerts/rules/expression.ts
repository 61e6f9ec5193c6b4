/**
 * What a rule computes from figures: `rate(sluice_messages_published_total) / 60`, as a tree. Invariant: a parsed
 * expression names series of one kind of object only, and every window is one that figures can be read over.
 *
 *   sum     = product *( ( "+" | "-" ) product )
 *   product = atom *( ( "*" | "/" ) atom )
 *   atom    = number | series | call | "(" sum ")"
 *   call    = ( "rate" | "past" ) "(" series [ "," duration ] ")"
 *           | ( "share" | "max" | "min" ) "(" sum "," sum ")" | "time_to_drain" "(" ")"
 */
import { SluiceError } from '../../kernel/index.js';
import { seriesOf, type ObjectKind, type Series } from '../../monitor/index.js';
import { secondsIn } from './durations.js';

/** A node of the tree. Columns are places in `seriesOf(kind)`; times are seconds. */
export type Expression =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'now'; readonly column: number }
  | { readonly kind: 'rate'; readonly column: number; readonly seconds: number }
  | { readonly kind: 'past'; readonly column: number; readonly seconds: number }
  | { readonly kind: 'drain' }
  | {
      readonly kind: 'pair';
      readonly operator: PairOperator;
      readonly left: Expression;
      readonly right: Expression;
    };

export type PairOperator = '+' | '-' | '*' | '/' | 'share' | 'max' | 'min';

/** The window of `rate` where none is named. */
export const rateSecondsDefault = 60;
const windowSecondsMax = 30 * 86_400;
const textLengthMax = 500;
const depthMax = 20;

const token = /\s*(?:(\d+(?:\.\d+)?(?:ms|[smhd])?)|([a-z_][a-z0-9_]*)|([-+*/(),]))/gy;

interface Token {
  readonly kind: 'number' | 'name' | 'sign';
  readonly text: string;
}

/** Throws `bad-input`, saying what is wrong. */
export function parseExpression(text: string, kind: ObjectKind): Expression {
  const parser = new Parser(tokensOf(text), kind, text);
  return parser.whole();
}

function tokensOf(text: string): readonly Token[] {
  if (text.length > textLengthMax) throw refused(text.slice(0, 40), `has over ${textLengthMax} characters`);
  const tokens: Token[] = [];
  let end = 0;
  for (const match of text.matchAll(token)) {
    end = match.index + match[0].length;
    if (match[1] !== undefined) tokens.push({ kind: 'number', text: match[1] });
    else if (match[2] !== undefined) tokens.push({ kind: 'name', text: match[2] });
    else tokens.push({ kind: 'sign', text: match[3]! });
  }
  const rest = text.slice(end).trim();
  if (rest !== '') throw refused(text, `cannot be read from '${rest.slice(0, 20)}' on`);
  return tokens;
}

class Parser {
  readonly #tokens: readonly Token[];
  readonly #kind: ObjectKind;
  readonly #text: string;
  readonly #series: readonly Series[];
  #at = 0;
  #depth = 0;

  constructor(tokens: readonly Token[], kind: ObjectKind, text: string) {
    this.#tokens = tokens;
    this.#kind = kind;
    this.#text = text;
    this.#series = seriesOf(kind);
  }

  whole(): Expression {
    const expression = this.#sum();
    const next = this.#tokens[this.#at];
    if (next !== undefined) throw this.#refused(`has '${next.text}' where it should end`);
    return expression;
  }

  #sum(): Expression {
    if (++this.#depth > depthMax) throw this.#refused('is nested too deeply');
    let left = this.#product();
    for (let sign = this.#take('+', '-'); sign !== undefined; sign = this.#take('+', '-'))
      left = { kind: 'pair', operator: sign as PairOperator, left, right: this.#product() };
    this.#depth--;
    return left;
  }

  #product(): Expression {
    let left = this.#atom();
    for (let sign = this.#take('*', '/'); sign !== undefined; sign = this.#take('*', '/'))
      left = { kind: 'pair', operator: sign as PairOperator, left, right: this.#atom() };
    return left;
  }

  #atom(): Expression {
    const next = this.#tokens[this.#at++];
    if (next === undefined) throw this.#refused('ends too early');
    if (next.kind === 'number') return { kind: 'number', value: this.#number(next.text) };
    if (next.kind === 'name') return this.#named(next.text);
    if (next.text !== '(') throw this.#refused(`has '${next.text}' where a figure should be`);
    const inner = this.#sum();
    this.#need(')');
    return inner;
  }

  #named(name: string): Expression {
    if (this.#take('(') === undefined) return { kind: 'now', column: this.#column(name) };
    const call = this.#call(name);
    this.#need(')');
    return call;
  }

  #call(name: string): Expression {
    switch (name) {
      case 'rate':
      case 'past': {
        const column = this.#seriesColumn(name);
        const seconds = this.#take(',') === undefined ? rateSecondsDefault : this.#window();
        return { kind: name, column, seconds };
      }
      case 'share':
      case 'max':
      case 'min': {
        const left = this.#sum();
        this.#need(',');
        return { kind: 'pair', operator: name, left, right: this.#sum() };
      }
      case 'time_to_drain':
        if (this.#kind.name !== 'queue')
          throw this.#refused('asks for time_to_drain, which queues alone have');
        return { kind: 'drain' };
      default:
        throw this.#refused(`calls '${name}'; there are rate, past, share, max, min and time_to_drain`);
    }
  }

  #seriesColumn(of: string): number {
    const next = this.#tokens[this.#at++];
    if (next?.kind !== 'name') throw this.#refused(`needs the name of a series in ${of}()`);
    const column = this.#column(next.text);
    if (of === 'rate' && this.#series[column]!.kind !== 'counter')
      throw this.#refused(`asks for the rate of ${next.text}, which is no counter`);
    return column;
  }

  #column(name: string): number {
    const column = this.#series.findIndex((series) => series.name === name);
    if (column !== -1) return column;
    throw this.#refused(`names ${name}, which is no series of the kind '${this.#kind.name}'`);
  }

  #window(): number {
    const next = this.#tokens[this.#at++];
    const seconds = next === undefined ? undefined : secondsIn(next.text);
    if (seconds !== undefined && seconds >= 10 && seconds <= windowSecondsMax) return seconds;
    throw this.#refused('needs a window from 10s to 30d');
  }

  #number(text: string): number {
    const value = Number(text);
    if (Number.isFinite(value)) return value;
    const seconds = secondsIn(text);
    if (seconds === undefined) throw this.#refused(`has '${text}', which is no number`);
    return seconds;
  }

  #take(...signs: readonly string[]): string | undefined {
    const next = this.#tokens[this.#at];
    if (next?.kind !== 'sign' || !signs.includes(next.text)) return undefined;
    this.#at++;
    return next.text;
  }

  #need(sign: string): void {
    if (this.#take(sign) === undefined) throw this.#refused(`lacks a '${sign}'`);
  }

  #refused(why: string): SluiceError {
    return refused(this.#text, why);
  }
}

function refused(text: string, why: string): SluiceError {
  return new SluiceError('bad-input', `the expression '${text}' ${why}`, { details: { expression: text } });
}
