/** Reads standard input: a whole body, or a line from a terminal without an echo. */
import type { ReadStream } from 'node:tty';
import { SluiceError } from '../kernel/index.js';
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

const interrupt = '\u0003';
const endOfInput = '\u0004';

/** Applies what was typed to what stands in the line; undefined where the line is finished or given up. */
function typedInto(line: string, character: string): string {
  if (character === '\u007f' || character === '\b') return Array.from(line).slice(0, -1).join('');
  if (character === '\u0015') return '';
  return character < ' ' ? line : line + character;
}

/** Reads one line from a terminal without showing it. Rejects with 'refused' on Ctrl-C. */
export function readHidden(terminal: ReadStream, prompt: string, output: Output): Promise<string> {
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
