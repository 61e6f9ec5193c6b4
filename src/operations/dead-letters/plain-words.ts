/**
 * A text without what changes from one time to the next: ids, numbers, addresses, quoted values, folders. Pure.
 * Invariants: what came out once comes out the same again; the time it takes grows with the length of the text alone.
 */
const textMax = 2_000;
const shownMax = 200;

/** In order: what comes first may hold what comes later. Each stands for what it found. */
const changing: readonly (readonly [RegExp, string])[] = [
  [/\b[a-z][a-z0-9+.-]{1,15}:\/\/[^\s'"`<>]{1,500}/gi, '<url>'],
  [/"[^"\n]{0,200}"|'[^'\n]{0,200}'|`[^`\n]{0,200}`|“[^”\n]{0,200}”/g, '<value>'],
  [/\b[\w.+-]{1,64}@[\w-]{1,64}(?:\.[\w-]{1,64}){1,5}/g, '<address>'],
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi, '<id>'],
  [/\b0x[0-9a-f]{1,64}\b/gi, '<address>'],
  [/\b(?=[a-z]{0,64}\d)[0-9a-z]{16,64}\b/gi, '<id>'],
  [/\b(?=[a-f]{0,64}\d)[0-9a-f]{8,64}\b/gi, '<id>'],
  [/(?<![\w<])(?:[a-z]:)?(?:[/\\][\w.@+-]{1,100}){2,40}/gi, '<path>'],
  [/\d+(?:[.,:]\d+)*/g, '<n>'],
];

/** The first line, in words that stay. */
export function plainWords(text: string): string {
  let words = (text.slice(0, textMax).trim().split(/\r?\n/, 1)[0] ?? '').slice(0, shownMax * 4);
  for (const [pattern, mark] of changing) words = words.replace(pattern, mark);
  return words.replace(/\s+/g, ' ').trim().slice(0, shownMax);
}

/** The last two parts of a path: releases lie in folders of their own, and the same file on another machine elsewhere. */
export function shortPath(path: string): string {
  const parts = path.split(/[/\\]/).filter((part) => part !== '');
  return parts
    .slice(-2)
    .join('/')
    .replace(/[.-](?=[0-9a-z]{0,32}\d)[0-9a-z]{8,32}(?=\.)/gi, '');
}
