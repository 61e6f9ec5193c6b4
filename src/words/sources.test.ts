/** Holds tables to the code beside them: a sentence that nobody writes any more is found here. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const sources = join(import.meta.dirname, '..');
/** What zod says is written there. */
const isOurs = (english: string): boolean => !/^Unrecognized key|: (?:Too|Invalid) /.test(english);
const isTable = (name: string): boolean => /chinese[\w-]*\.ts$/.test(name);
const isSource = (name: string): boolean => name.endsWith('.ts') && !name.endsWith('.test.ts');

/** Source with strings that go on in the next line put together, and quotes as they are meant. */
function written(text: string): string {
  return text
    .replace(/['"`] \+\s*['"`]/g, '')
    .replaceAll("\\'", "'")
    .replace(/\$\{[^}]*\}/g, ' ');
}

/** Three words at a time, as they follow each other. */
function triplesOf(text: string): readonly string[] {
  const words = text.match(/[\p{L}\d]+/gu) ?? [];
  return words.slice(2).map((word, at) => `${words[at]!} ${words[at + 1]!} ${word}`);
}

/** Sentences are put together from pieces, so a few of the triples may stand across a seam. */
const shareMin = 0.3;

/** Made of pieces so small that nothing is left of it. */
const pieced = [
  '{text:sentence} Looked at after {settle:figure} and within {time:figure}.',
  "settings of vhost '{vhost}'",
];

describe('the tables of what is said in Chinese', () => {
  it('hold no sentence that the code does not write', () => {
    const files = readdirSync(sources, { recursive: true, encoding: 'utf8' }).filter(isSource);
    const read = (name: string): string => readFileSync(join(sources, name), 'utf8');
    const code = new Set(
      files.filter((name) => !isTable(name)).flatMap((name) => triplesOf(written(read(name)))),
    );
    const lost = files.filter(isTable).flatMap((name) =>
      [...read(name).matchAll(/^ +(?:'((?:[^'\\]|\\.)*)'|"([^"]*)"):/gm)]
        .map(([, single, double]) => (single ?? double!).replaceAll("\\'", "'"))
        .filter((english) => {
          if (pieced.includes(english) || !isOurs(english)) return false;
          const triples = english.split(/\{[^}]*\}/).flatMap(triplesOf);
          const found = triples.filter((triple) => code.has(triple)).length;
          return triples.length > 0 && found / triples.length < shareMin;
        })
        .map((english) => `${name}: ${english}`),
    );
    expect(lost).toEqual([]);
  });
});
