/**
 * Runs a pattern's program over a name, following all alternatives at once (Thompson 1968). Invariant: each
 * instruction is visited at most once for each position, so a match costs their product and never more.
 */
import { wordSet } from './pattern-escape.js';
import { operation, type Program } from './pattern-compile.js';
import { contains, type Edge } from './pattern-tree.js';

/** Whether the program matches some part of `name`. */
export function matchesAnywhere(program: Program, name: string): boolean {
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

/** All places a program can be at once, with a fresh start at every position. */
class Run {
  readonly #program: Program;
  readonly #text: Text;
  /** The position at which an instruction was last reached, plus one. */
  readonly #reachedAt: Uint32Array;
  /** Instructions still to be followed at this position: each reached one adds at most two. */
  readonly #pending: Int32Array;
  #pendingCount = 0;
  /** Instructions that wait for a character. */
  readonly #waiting: Int32Array;
  #waitingCount = 0;
  /** Instructions that the last character led to. */
  readonly #carried: Int32Array;
  #carriedCount = 0;

  constructor(program: Program, text: Text) {
    const size = program.operations.length;
    this.#program = program;
    this.#text = text;
    this.#reachedAt = new Uint32Array(size);
    this.#pending = new Int32Array(2 * size + 1);
    this.#waiting = new Int32Array(size);
    this.#carried = new Int32Array(size);
  }

  /** Follows everything that takes no character; tells whether an end of the program was reached. */
  arrive(position: number): boolean {
    this.#waitingCount = 0;
    let accepted = this.#follow(0, position);
    for (let i = 0; i < this.#carriedCount; i++)
      accepted = this.#follow(this.#carried[i]!, position) || accepted;
    return accepted;
  }

  /** Takes the character at `position` (before it, when running backward). */
  step(position: number): void {
    this.#carriedCount = 0;
    const { backward, operands, sets } = this.#program;
    const at = backward ? position - 1 : position;
    if (at < 0 || at >= this.#text.length) return;
    const code = this.#text.code(at);
    for (let i = 0; i < this.#waitingCount; i++) {
      const index = this.#waiting[i]!;
      if (contains(sets[operands[index]!]!, code)) this.#carried[this.#carriedCount++] = index + 1;
    }
  }

  #follow(start: number, position: number): boolean {
    const { operations, operands } = this.#program;
    let accepted = false;
    this.#pending[this.#pendingCount++] = start;
    while (this.#pendingCount > 0) {
      const index = this.#pending[--this.#pendingCount]!;
      if (this.#reachedAt[index] === position + 1) continue;
      this.#reachedAt[index] = position + 1;
      const kind = operations[index];
      if (kind === operation.character) this.#waiting[this.#waitingCount++] = index;
      else if (kind === operation.accept) accepted = true;
      else {
        const isLeading = kind === operation.fork || kind === operation.jump;
        if (isLeading) this.#pending[this.#pendingCount++] = operands[index]!;
        if (kind === operation.fork || (!isLeading && this.#holds(index, position))) {
          this.#pending[this.#pendingCount++] = index + 1;
        }
      }
    }
    return accepted;
  }

  /** Whether the edge or look-around at `index` is satisfied. */
  #holds(index: number, position: number): boolean {
    const { operations, operands, edges, looks } = this.#program;
    const operand = operands[index]!;
    if (operations[index] === operation.edge) return this.#text.isAt(edges[operand]!, position);
    const look = looks[operand]!;
    return this.#text.sees(look.program, position) === look.wanted;
  }
}
