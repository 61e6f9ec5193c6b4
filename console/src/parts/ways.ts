/** Commands and requests as a person copies them. */

/** A word for a POSIX shell. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** A command with its arguments, each of them one word. */
export function command(...words: readonly string[]): string {
  return ['sluice', ...words.map(shellWord)].join(' ');
}
