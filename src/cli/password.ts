/** Reads a new password, which is never echoed and never an argument. */
import type { ReadStream } from 'node:tty';
import { SluiceError } from '../kernel/index.js';
import { readNamedText } from './named-file.js';
import type { Output, Shell } from './shell.js';
import { readHidden } from './standard-input.js';

const passwordBytesMax = 4_096;

async function readTwice(terminal: ReadStream, output: Output): Promise<string> {
  const first = await readHidden(terminal, 'Password: ', output);
  const second = await readHidden(terminal, 'Again: ', output);
  if (first === second) return first;
  throw new SluiceError('bad-input', 'The two passwords differ.');
}

/** A new password: from a file, typed twice without an echo, or the first line of standard input. */
export async function readPassword(shell: Shell, file: string | undefined): Promise<string> {
  const { stdin } = process;
  if (file === undefined && stdin.isTTY) return readTwice(stdin, shell.err);
  const text = await readNamedText(shell, file ?? '-', passwordBytesMax);
  const [line = ''] = text.split(/\r?\n/, 1);
  if (line === '') throw new SluiceError('bad-input', 'The password is empty.');
  return line;
}
