/** The pages that `console/src/pages.ts` names, read from it, so that a new one is walked too. */
import { readFileSync } from 'node:fs';

const source = readFileSync(new URL('../../../console/src/pages.ts', import.meta.url), 'utf8');

/** `section/depth` of every page but the overview, which has neither. */
export function everyPage(): readonly string[] {
  const single = [...source.matchAll(/section: '([\w-]+)',\s*depth: (\d)/g)];
  const many = [...source.matchAll(/\.\.\.\[([\d, ]+)\]\.map\(\(depth\) => \(\{\s*section: '([\w-]+)'/g)];
  return [
    ...single.map(([, section, depth]) => `${section!}/${depth!}`),
    ...many.flatMap(([, depths, section]) =>
      depths!.split(',').map((depth) => `${section!}/${depth.trim()}`),
    ),
  ];
}

/** The same of an address. */
export function pageOf(path: string): string {
  const [section, ...rest] = path.split('?')[0]!.split('/');
  return `${section!}/${String(rest.length)}`;
}
