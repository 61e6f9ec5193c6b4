/**
 * What a command sees of the world: where to write, what was typed, the environment. Commands never touch
 * `process` themselves, but for `up`, which becomes the server.
 */
import type { Command } from 'commander';
import type { ExitCode } from './exit-codes.js';
import { exitCodes } from './exit-codes.js';

/** An output: standard output or standard error. */
export interface Output {
  /** Resolves when more can be written. */
  write(text: string | Uint8Array): Promise<void>;
  readonly isTerminal: boolean;
  /** Terminal, and the user did not ask for no colours (https://no-color.org). */
  readonly hasColour: boolean;
  /** In characters; 80 where there is no terminal. */
  readonly columns: number;
}

/** Options that every command has. */
export interface GlobalOptions {
  readonly data?: string;
  readonly config?: string;
  readonly json?: boolean;
}

/** The world of one command. */
export class Shell {
  readonly out: Output;
  readonly err: Output;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly workingDirectory: string;
  /** What the program ends with when nothing is thrown. */
  exitCode: ExitCode = exitCodes.ok;

  constructor(
    out: Output,
    err: Output,
    environment: Readonly<Record<string, string | undefined>>,
    workingDirectory: string,
  ) {
    this.out = out;
    this.err = err;
    this.environment = environment;
    this.workingDirectory = workingDirectory;
  }

  /** Whether output is for programs: `--json`, or `SLUICE_JSON` set to anything but 0. */
  isJson(command: Command): boolean {
    const { json } = command.optsWithGlobals<GlobalOptions>();
    return json ?? this.#isJsonByEnvironment;
  }

  /** The same of words that nobody has read yet, or that nobody could. */
  isJsonAsked(words: readonly string[]): boolean {
    const end = words.indexOf('--');
    return words.slice(0, end < 0 ? undefined : end).includes('--json') || this.#isJsonByEnvironment;
  }

  get #isJsonByEnvironment(): boolean {
    const variable = this.environment['SLUICE_JSON'] ?? '';
    return variable !== '' && variable !== '0' && variable !== 'false';
  }

  /** One line on standard output. */
  async say(line: string): Promise<void> {
    await this.out.write(`${line}\n`);
  }

  /** One JSON document on a line of its own. */
  async sayJson(value: unknown): Promise<void> {
    await this.out.write(`${JSON.stringify(value)}\n`);
  }
}

/** A command's file: fills in arguments, options and actions. */
export interface CommandModule {
  define(command: Command, shell: Shell): void;
}
