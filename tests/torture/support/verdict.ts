/** Runs a torture script as a test does. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** A ledger of its own for each script: none of those kept of long runs, nor another test's. */
const ledgerOf = (script: string): string => `.torture/test-${script.split('/')[0]!}.json`;

/** What `script`, named from this folder's parent, has found. */
export async function verdictOf<Verdict>(script: string, flags: readonly string[]): Promise<Verdict> {
  const path = fileURLToPath(new URL(`../${script}`, import.meta.url));
  const parameters = [path, '--json', '--ledger', ledgerOf(script), ...flags];
  const { stdout } = await promisify(execFile)(process.execPath, parameters).catch((failure: unknown) => {
    // A bad verdict is an exit code of 1, with the verdict on standard output.
    const { stdout: printed } = failure as { readonly stdout?: string };
    if (printed === undefined || printed === '') throw failure;
    return { stdout: printed };
  });
  return JSON.parse(stdout) as Verdict;
}
