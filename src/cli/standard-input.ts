/** Reads standard input: a whole body, or a password, which is never echoed and never an argument. */
import type { ReadStream } from 'node:tty';
import { readFile } from 'node:fs/promises';
import { SluiceError } from '../kernel/index.js';
import { whyUnreadable } from './failure.js';
import type { Output } from './shell.js';

/** Everything up to the end of `stream`. Rejects with 'limit-reached' over `bytesMax`. */
export async function readInput(stream: NodeJS.ReadableStream, bytesMax: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stream as AsyncIterable<Buffer | string>) {
    const part = Buffer.from(chunk as Buffer);
    bytes += part.length;
    if (bytes > bytesMax)
      throw new SluiceError('limit-reached', `the input is longer than ${bytesMax} bytes`);
    chunks.push(part);
  }
  return Buffer.concat(chunks);
}

const passwordBytesMax = 4_096;
const interrupt = '\u0003';
const endOfInput = '\u0004';

/** Applies what was typed to what stands in the line; undefined where the line is finished or given up. */
function typedInto(line: string, character: string): string {
  if (character === '\u007f' || character === '\b') return Array.from(line).slice(0, -1).join('');
  if (character === '\u0015') return '';
  return character < ' ' ? line : line + character;
}

/** Reads one line from a terminal without showing it. Rejects with 'refused' on Ctrl-C. */
function readHidden(terminal: ReadStream, prompt: string, output: Output): Promise<string> {
  return new Promise((resolve, reject) => {
    let line = '';
    const finish = (settle: () => void): void => {
      terminal.off('data', onData).setRawMode(false).pause();
      void output.write('\n');
      settle();
    };
    const onData = (data: Buffer): void => {
      for (const character of data.toString('utf8')) {
        if (character === '\r' || character === '\n' || character === endOfInput) {
          finish(() => {
            resolve(line);
          });
          return;
        }
        if (character === interrupt) {
          finish(() => {
            reject(new SluiceError('refused', 'interrupted'));
          });
          return;
        }
        line = typedInto(line, character);
      }
    };
    void output.write(prompt);
    terminal.setRawMode(true).resume().on('data', onData);
  });
}

async function readTwice(terminal: ReadStream, output: Output): Promise<string> {
  const first = await readHidden(terminal, 'Password: ', output);
  const second = await readHidden(terminal, 'Again: ', output);
  if (first === second) return first;
  throw new SluiceError('bad-input', 'The two passwords differ.');
}

async function readPasswordFile(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new SluiceError('bad-input', `The password file cannot be read: ${whyUnreadable(error)}`, {
      cause: error,
    });
  }
}

/** A new password: from a file, typed twice without an echo, or the first line of standard input. */
export async function readPassword(file: string | undefined, output: Output): Promise<string> {
  const { stdin } = process;
  let text: string;
  if (file !== undefined && file !== '-') text = await readPasswordFile(file);
  else if (stdin.isTTY) return readTwice(stdin, output);
  else text = (await readInput(stdin, passwordBytesMax)).toString('utf8');
  const [line = ''] = text.split(/\r?\n/, 1);
  if (line === '') throw new SluiceError('bad-input', 'The password is empty.');
  return line;
}
