/**
 * A permission pattern that can be asked about names. Matching follows all alternatives at once, so its cost
 * is the product of pattern size and name length whatever the pattern is: no pattern can hang the broker.
 *
 * As in RabbitMQ a pattern is searched for anywhere in the name unless it is anchored, and the empty pattern
 * matches only the empty name. One difference, on the safe side: `$` is the very end, never before a final
 * line break.
 */
import { wordSet } from './pattern-escape.js';
import { parsePattern } from './pattern-parse.js';
import { compilePattern, type Instruction, type Program, type VariableValues } from './pattern-compile.js';
import { contains, type Edge } from './pattern-tree.js';

/** A compiled pattern. */
export interface Pattern {
  readonly source: string;
  matches(name: string): boolean;
}

/** Where a topic pattern's variables get their values; absent for patterns over names. */
export type { VariableValues } from './pattern-compile.js';

const noValues: VariableValues = new Map();
const never = (): boolean => false;

/**
 * Compiles `source`, expanding variables only when `values` is given. A pattern with a variable that has no
 * value matches nothing. Throws `bad-input` saying where and why a pattern is refused.
 */
export function pattern(source: string, values?: VariableValues): Pattern {
  const tree = parsePattern(source === '' ? '^$' : source, values !== undefined);
  const program = compilePattern(tree, values ?? noValues);
  if (program === undefined) return { source, matches: never };
  return { source, matches: (name) => matchesAnywhere(program, name) };
}

function matchesAnywhere(program: Program, name: string): boolean {
  const text = new Text(name);
  const run = new Run(program, text);
  for (let position = 0; position <= text.length; position++) {
    if (run.arrive(position)) return true;
    run.step(position);
  }
  return false;
}

/** The name as code points, and what look-arounds found in it, worked out once for each of them. */
class Text {
  readonly #codes: readonly number[];
  readonly #looks = new Map<Program, Uint8Array>();

  constructor(name: string) {
    this.#codes = Array.from(name, (character) => character.codePointAt(0)!);
  }

  get length(): number {
    return this.#codes.length;
  }

  code(position: number): number {
    return this.#codes[position]!;
  }

  isAt(edge: Edge, position: number): boolean {
    if (edge === 'start') return position === 0;
    if (edge === 'end') return position === this.length;
    const isBoundary = this.#isWord(position - 1) !== this.#isWord(position);
    return isBoundary === (edge === 'word-boundary');
  }

  sees(look: Program, position: number): boolean {
    let found = this.#looks.get(look);
    if (found === undefined) {
      found = this.#scan(look);
      this.#looks.set(look, found);
    }
    return found[position] === 1;
  }

  #isWord(position: number): boolean {
    return position >= 0 && position < this.length && contains(wordSet, this.code(position));
  }

  #scan(program: Program): Uint8Array {
    const found = new Uint8Array(this.length + 1);
    const run = new Run(program, this);
    for (let i = 0; i <= this.length; i++) {
      const position = program.backward ? this.length - i : i;
      if (run.arrive(position)) found[position] = 1;
      run.step(position);
    }
    return found;
  }
}

/** All places a program can be at once (Thompson 1968), with a fresh start at every position. */
class Run {
  readonly #instructions: readonly Instruction[];
  readonly #backward: boolean;
  readonly #text: Text;
  /** The position at which an instruction was last reached, plus one. */
  readonly #reachedAt: Uint32Array;
  readonly #pending: number[] = [];
  #waiting: number[] = [];
  #carried: number[] = [];

  constructor(program: Program, text: Text) {
    this.#instructions = program.instructions;
    this.#backward = program.backward;
    this.#text = text;
    this.#reachedAt = new Uint32Array(program.instructions.length);
  }

  /** Follows everything that takes no character; tells whether an end of the program was reached. */
  arrive(position: number): boolean {
    this.#waiting.length = 0;
    let accepted = this.#follow(0, position);
    for (const start of this.#carried) accepted = this.#follow(start, position) || accepted;
    return accepted;
  }

  /** Takes the character at `position` (before it, when running backward). */
  step(position: number): void {
    this.#carried.length = 0;
    const at = this.#backward ? position - 1 : position;
    if (at < 0 || at >= this.#text.length) return;
    const code = this.#text.code(at);
    for (const index of this.#waiting) {
      const instruction = this.#instructions[index]!;
      if (instruction.kind === 'character' && contains(instruction.set, code)) this.#carried.push(index + 1);
    }
  }

  #follow(start: number, position: number): boolean {
    let accepted = false;
    this.#pending.push(start);
    for (let index = this.#pending.pop(); index !== undefined; index = this.#pending.pop()) {
      if (this.#reachedAt[index] === position + 1) continue;
      this.#reachedAt[index] = position + 1;
      const instruction = this.#instructions[index]!;
      if (instruction.kind === 'accept') accepted = true;
      else this.#advance(index, instruction, position);
    }
    return accepted;
  }

  #advance(index: number, instruction: Exclude<Instruction, { kind: 'accept' }>, position: number): void {
    switch (instruction.kind) {
      case 'character':
        this.#waiting.push(index);
        return;
      case 'jump':
        this.#pending.push(instruction.to);
        return;
      case 'fork':
        this.#pending.push(instruction.to, index + 1);
        return;
      case 'edge':
        if (this.#text.isAt(instruction.edge, position)) this.#pending.push(index + 1);
        return;
      case 'look':
        if (this.#text.sees(instruction.program, position) === instruction.wanted)
          this.#pending.push(index + 1);
    }
  }
}
