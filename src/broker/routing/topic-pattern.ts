/**
 * Topic patterns and keys as words (AMQP 0-9-1, section 3.1.3.3). As in RabbitMQ: dots separate, words may be
 * empty (`a..b` has three, `.` has two), and the empty text has no word at all.
 */

/** Stands for exactly one word. */
export const anyWord = '*';
/** Stands for any number of words, none included. */
export const anyWords = '#';

/**
 * The words of a pattern, with each run of wildcards in its shortest form: all `*` of the run, then one `#`
 * if it has any. The form matches the same keys, and it is what keeps hostile patterns cheap: no `#` is
 * followed by another wildcard.
 */
export function patternWords(pattern: string): string[] {
  const words: string[] = [];
  let isOpenEnded = false;
  for (const word of pattern === '' ? [] : pattern.split('.')) {
    if (word === anyWords) {
      isOpenEnded = true;
      continue;
    }
    if (word !== anyWord && isOpenEnded) {
      words.push(anyWords);
      isOpenEnded = false;
    }
    words.push(word);
  }
  if (isOpenEnded) words.push(anyWords);
  return words;
}

/** Whether a pattern has wildcards; one without matches only itself. */
export function hasWildcards(pattern: string): boolean {
  return /(?:^|\.)[*#](?:$|\.)/.test(pattern);
}

/** Writes the words of a key into `words`, reused from call to call, and returns how many there are. */
export function splitKey(key: string, words: string[]): number {
  if (key === '') return 0;
  let count = 0;
  let start = 0;
  for (let dot = key.indexOf('.'); dot >= 0; dot = key.indexOf('.', start)) {
    words[count++] = key.slice(start, dot);
    start = dot + 1;
  }
  words[count++] = start === 0 ? key : key.slice(start);
  return count;
}
