import type { SpawnOptions } from 'node:child_process';

/** How a process ended. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A process started by `startChild`. */
export interface Child {
  readonly pid: number | undefined;
  readonly exited: Promise<Exit>;
  /** The first output line for which `matches` gives something; rejects when the process ends before. */
  line<T>(matches: (line: string) => T | undefined, timeoutMs: number): Promise<T>;
  /** What each pattern's first group captures first; several may come in one piece of output. */
  captured(patterns: readonly RegExp[], timeoutMs: number): Promise<string[]>;
  /** The last 64 KiB of standard output and standard error. */
  tail(): string;
  /** Sends `signal`, and SIGKILL after `timeoutMs`; resolves when the process is gone. */
  end(signal: NodeJS.Signals, timeoutMs: number): Promise<Exit>;
}

export function startChild(command: string, parameters: readonly string[], options?: SpawnOptions): Child;

/** What a finished program left. */
export interface Finished extends Exit {
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end, killing it after `timeoutMs` (30 s unless told). */
export function runProgram(
  command: string,
  parameters: readonly string[],
  options?: SpawnOptions & { readonly timeoutMs?: number; readonly input?: string },
): Promise<Finished>;
