/**
 * Turns a pattern's tree into instructions for the matcher. Invariant: the instructions of a pattern, its
 * look-arounds included, never exceed `instructionsMax`, which bounds the work of one match.
 */
import { SluiceError } from './errors.js';
import type { CharacterSet, Edge, PatternNode, PatternVariable } from './pattern-tree.js';

/**
 * Most instructions of one pattern. The longest AMQP name has 255 bytes, so one match costs at most half a
 * million visits: 5 ms of processor time, measured with the worst pattern there is.
 */
export const instructionsMax = 2_000;

type Instruction =
  | { readonly kind: 'character'; readonly set: CharacterSet }
  | { readonly kind: 'fork'; to: number }
  | { readonly kind: 'jump'; to: number }
  | { readonly kind: 'edge'; readonly edge: Edge }
  | { readonly kind: 'look'; readonly look: Look }
  | { readonly kind: 'accept' };

/** Numbers of the instruction kinds in a program; control passes to the next instruction but for a jump. */
export const operation = { character: 0, fork: 1, jump: 2, edge: 3, look: 4, accept: 5 } as const;

/** A look-around: a program, and whether it is to match or not to. */
export interface Look {
  readonly program: Program;
  readonly wanted: boolean;
}

/**
 * Instructions for one direction, packed into typed arrays: half the time that objects of six shapes took.
 * A look-ahead is compiled backward: run from the end of the text it tells, at every position, whether the
 * text from there on matches; so look-arounds stay linear.
 */
export interface Program {
  readonly backward: boolean;
  readonly operations: Uint8Array;
  /** Where a fork or jump leads; for the others, an index into the list of their kind. */
  readonly operands: Int32Array;
  readonly sets: readonly CharacterSet[];
  readonly edges: readonly Edge[];
  readonly looks: readonly Look[];
}

/** Values for the variables of a topic pattern. */
export type VariableValues = ReadonlyMap<PatternVariable, string>;

/**
 * Compiles `tree`. Gives `undefined` when it needs a variable that `values` lacks: such a pattern matches
 * nothing. Throws `bad-input` when it is too large.
 */
export function compilePattern(tree: PatternNode, values: VariableValues): Program | undefined {
  if (!hasAllVariables(tree, values)) return undefined;
  return new Compiler(values, { left: instructionsMax }, false).compile(tree);
}

function hasAllVariables(node: PatternNode, values: VariableValues): boolean {
  switch (node.kind) {
    case 'variable':
      return values.has(node.name);
    case 'sequence':
      return node.items.every((item) => hasAllVariables(item, values));
    case 'choice':
      return node.options.every((item) => hasAllVariables(item, values));
    case 'repeat':
    case 'look':
      return hasAllVariables(node.item, values);
    case 'character':
    case 'edge':
      return true;
  }
}

class Compiler {
  readonly #values: VariableValues;
  readonly #budget: { left: number };
  readonly #backward: boolean;
  readonly #out: Instruction[] = [];

  constructor(values: VariableValues, budget: { left: number }, backward: boolean) {
    this.#values = values;
    this.#budget = budget;
    this.#backward = backward;
  }

  compile(tree: PatternNode): Program {
    this.#node(tree);
    this.#emit({ kind: 'accept' });
    return pack(this.#out, this.#backward);
  }

  #emit<T extends Instruction>(instruction: T): T {
    if (--this.#budget.left < 0) throw new SluiceError('bad-input', 'pattern refused: it is too complex');
    this.#out.push(instruction);
    return instruction;
  }

  #node(node: PatternNode): void {
    switch (node.kind) {
      case 'character':
        this.#emit({ kind: 'character', set: node.set });
        return;
      case 'edge':
        this.#emit({ kind: 'edge', edge: node.edge });
        return;
      case 'variable':
        this.#literal(this.#values.get(node.name)!);
        return;
      case 'sequence':
        for (const item of this.#backward ? node.items.toReversed() : node.items) this.#node(item);
        return;
      case 'choice':
        this.#choice(node.options);
        return;
      case 'repeat':
        this.#repeat(node.item, node.min, node.max);
        return;
      case 'look':
        this.#look(node);
    }
  }

  /** The exact characters of a value: nothing in it is ever read as a pattern. */
  #literal(value: string): void {
    const codes = Array.from(value, (character) => character.codePointAt(0)!);
    for (const code of this.#backward ? codes.reverse() : codes) {
      this.#emit({ kind: 'character', set: [code, code] });
    }
  }

  #choice(options: readonly PatternNode[]): void {
    const ends: { to: number }[] = [];
    for (const [index, option] of options.entries()) {
      if (index === options.length - 1) {
        this.#node(option);
        break;
      }
      const fork = this.#emit({ kind: 'fork', to: 0 });
      this.#node(option);
      ends.push(this.#emit({ kind: 'jump', to: 0 }));
      fork.to = this.#out.length;
    }
    for (const end of ends) end.to = this.#out.length;
  }

  #repeat(item: PatternNode, min: number, max: number): void {
    for (let i = 0; i < min; i++) this.#node(item);
    if (max === Infinity) {
      const start = this.#out.length;
      const fork = this.#emit({ kind: 'fork', to: 0 });
      this.#node(item);
      this.#emit({ kind: 'jump', to: start });
      fork.to = this.#out.length;
      return;
    }
    const forks: { to: number }[] = [];
    for (let i = min; i < max; i++) {
      forks.push(this.#emit({ kind: 'fork', to: 0 }));
      this.#node(item);
    }
    for (const fork of forks) fork.to = this.#out.length;
  }

  #look(node: PatternNode & { kind: 'look' }): void {
    const program = new Compiler(this.#values, this.#budget, node.ahead).compile(node.item);
    this.#emit({ kind: 'look', look: { program, wanted: node.wanted } });
  }
}

function pack(instructions: readonly Instruction[], backward: boolean): Program {
  const operations = Uint8Array.from(instructions, (instruction) => operation[instruction.kind]);
  const sets: CharacterSet[] = [];
  const edges: Edge[] = [];
  const looks: Look[] = [];
  const operands = Int32Array.from(instructions, (instruction) => {
    switch (instruction.kind) {
      case 'character':
        return sets.push(instruction.set) - 1;
      case 'fork':
      case 'jump':
        return instruction.to;
      case 'edge':
        return edges.push(instruction.edge) - 1;
      case 'look':
        return looks.push(instruction.look) - 1;
      case 'accept':
        return 0;
    }
  });
  return { backward, operations, operands, sets, edges, looks };
}
