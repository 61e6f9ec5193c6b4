/**
 * Text from queues and clients made safe for a terminal: names, headers and bodies can hold escape sequences that
 * would move the cursor, rewrite the screen or reorder what is read.
 */

/** Control characters (both sets), line and paragraph separators, and the ones that reorder text. */
const unsafe = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g;
const escapes: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function escaped(character: string): string {
  return escapes[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** `text` on one line, every unsafe character shown as an escape. */
export function singleLine(text: string): string {
  return text.replace(unsafe, escaped);
}

/** `text` with its line breaks and tabs, every other unsafe character shown as an escape. */
export function severalLines(text: string): string {
  return text.replace(unsafe, (character) =>
    character === '\n' || character === '\t' ? character : escaped(character),
  );
}

/** A count with its noun: `1 message`, `2 messages`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** `text` cut to `columns`, with an ellipsis where something is missing. */
export function shortened(text: string, columns: number): string {
  return text.length <= columns ? text : `${text.slice(0, Math.max(columns - 1, 0))}…`;
}
