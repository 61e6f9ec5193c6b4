/** Reads files that somebody named in a command; `-` is standard input. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { messageOf, SluiceError, systemCodeOf } from '../kernel/index.js';
import type { Shell } from './shell.js';
import { readInput } from './standard-input.js';

const plainReasons: ReadonlyMap<string | undefined, string> = new Map([
  ['ENOENT', 'there is no such file'],
  ['EISDIR', 'it is a directory'],
  ['EACCES', 'you may not read it'],
]);

/** The bytes of a file. Rejects with `bad-input` for one that cannot be read, or is longer than `bytesMax`. */
export async function readNamedFile(shell: Shell, path: string, bytesMax: number): Promise<Buffer> {
  if (path === '-') return readInput(process.stdin, bytesMax);
  let bytes: Buffer;
  try {
    bytes = await readFile(resolve(shell.workingDirectory, path));
  } catch (error) {
    const why = plainReasons.get(systemCodeOf(error)) ?? messageOf(error);
    throw new SluiceError('bad-input', `${path} cannot be read: ${why}`, { cause: error });
  }
  if (bytes.length <= bytesMax) return bytes;
  throw new SluiceError('bad-input', `${path} is longer than ${bytesMax} bytes`);
}

/** The same as text. */
export async function readNamedText(shell: Shell, path: string, bytesMax: number): Promise<string> {
  return (await readNamedFile(shell, path, bytesMax)).toString('utf8');
}
