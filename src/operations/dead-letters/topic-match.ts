/** Whether a topic pattern takes a key (AMQP 0-9-1, section 3.1.3.3). Pure; the work is bounded by words times words. */

/** `*` stands for one word, `#` for any number of them. */
export function topicMatches(pattern: string, key: string): boolean {
  const words = key === '' ? [] : key.split('.');
  // Whether the pattern so far takes the first words of the key, by how many.
  let takes = words.map(() => false);
  takes.unshift(true);
  for (const part of pattern === '' ? [] : pattern.split('.')) {
    const next = takes.map(() => false);
    for (let count = 0; count <= words.length; count++) {
      if (part === '#') next[count] = takes[count]! || (count > 0 && next[count - 1]!);
      else next[count] = count > 0 && takes[count - 1]! && (part === '*' || part === words[count - 1]);
    }
    takes = next;
  }
  return takes[words.length]!;
}
