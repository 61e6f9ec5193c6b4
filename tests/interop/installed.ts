/**
 * Whether a foreign client is installed. A missing one skips its tests with the reason printed; with
 * SLUICE_REQUIRE_ALL=1 it fails them instead.
 */
import type { TestContext } from 'vitest';
import { runProgram } from '../support/child.mjs';

/** Debian's own Python, which has Debian's packages; another Python on the PATH would not. */
export const python = '/usr/bin/python3';

async function succeeds(command: string, parameters: readonly string[]): Promise<boolean> {
  const { code } = await runProgram(command, parameters).catch(() => ({ code: 1 }));
  return code === 0;
}

function require(context: TestContext, present: boolean, what: string): void {
  if (present) return;
  if (process.env['SLUICE_REQUIRE_ALL'] === '1') throw new Error(`${what} is not installed`);
  context.skip(`${what} is not installed`);
}

/** Skips the test unless Debian's Python can import every one of `modules`. */
export async function requirePython(context: TestContext, ...modules: string[]): Promise<void> {
  const present = await succeeds(python, ['-c', `import ${modules.join(', ')}`]);
  require(context, present, `python3 with ${modules.join(', ')}`);
}

/** Skips the test unless the shell finds `program`. */
export async function requireProgram(context: TestContext, program: string): Promise<void> {
  require(context, await succeeds('/bin/sh', ['-c', `command -v ${program}`]), program);
}
