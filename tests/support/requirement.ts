/**
 * What a test needs from the machine. Where it is missing the tests are skipped and say so in their titles;
 * with SLUICE_REQUIRE_ALL=1, which continuous integration sets, a missing thing fails the file instead.
 */
import { spawnSync } from 'node:child_process';

/** Use as `describe.skipIf(pika.missing)(pika.label('pika'), …)`. */
export interface Requirement {
  readonly missing: boolean;
  /** The title of what needs it, with the reason when it will be skipped. */
  label(title: string): string;
}

/** Debian's own Python, for which its packages are installed, and not another on the PATH. */
export const debianPython = '/usr/bin/python3';

/**
 * Checks once for `what` (best named as its Debian package).
 * @throws Error when it is missing and SLUICE_REQUIRE_ALL is set.
 */
export function requires(what: string, isPresent: () => boolean): Requirement {
  const missing = !isPresent();
  if (missing && process.env['SLUICE_REQUIRE_ALL'] === '1') {
    throw new Error(`${what} is not installed, and SLUICE_REQUIRE_ALL=1 asks for every test`);
  }
  return { missing, label: (title) => (missing ? `${title} [skipped: ${what} is not installed]` : title) };
}

/** Requires modules of Debian's Python, from the package named `what`. */
export function requiresPython(what: string, ...modules: readonly string[]): Requirement {
  return requires(what, () => succeeds(debianPython, ['-c', `import ${modules.join(', ')}`]));
}

/** Requires a program that is found on the PATH, from the package named `what`. */
export function requiresProgram(what: string, program: string): Requirement {
  return requires(what, () => succeeds('/bin/sh', ['-c', 'command -v "$0"', program]));
}

function succeeds(program: string, parameters: readonly string[]): boolean {
  return spawnSync(program, parameters, { stdio: 'ignore' }).status === 0;
}
