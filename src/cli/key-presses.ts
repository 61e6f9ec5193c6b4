/** Keys as they are pressed, without a line's end, where there is a terminal; letters as they come elsewhere. */
import type { ReadStream } from 'node:tty';

const interrupt = '\u0003';
const endOfInput = '\u0004';

/** Ends with Ctrl-C, Ctrl-D, and the end of the input. */
export async function* readKeys(input: NodeJS.ReadStream | ReadStream): AsyncGenerator<string> {
  const isTerminal = input.isTTY;
  if (isTerminal) input.setRawMode(true);
  input.setEncoding('utf8');
  try {
    for await (const text of input) {
      for (const key of String(text)) {
        if (key === interrupt || key === endOfInput) return;
        if (key.trim() !== '') yield key;
      }
    }
  } finally {
    if (isTerminal) input.setRawMode(false);
    input.pause();
  }
}
