/** The rules of the tree, each a pure function from sources to the sentences that say what breaks it. */
import type { Layers } from './layers.js';
import type { Source } from './source.js';

export const linesMax = 400;

const vagueWords = /(^|[-/])(utils?|helpers?|commons?|managers?|misc|stuff)(?=[-/.])/;
const kebabCase = /^[a-z0-9]+(-[a-z0-9]+)*(\.test|\.d)?\.(ts|mts|mjs|js)$/;

export function isTest(path: string): boolean {
  return path.endsWith('.test.ts');
}

/** Whether a source is there for tests alone, in a folder named `testing`: it is not in the package. */
export function isTestSupport(path: string): boolean {
  return path.startsWith('src/') && path.includes('/testing/');
}

/**
 * Imports across folders keep to the table and go through the other folder's `index.ts`. A `testing` folder is
 * bound like the folder that it lies in; tests of any folder may import it past its `index.ts`, and nothing else.
 */
export function layerBreaks(sources: readonly Source[], layers: Layers): string[] {
  return sources.flatMap((source) =>
    source.imports
      .filter((target) => target.startsWith('src/'))
      .map((target) => layerBreak(source.path, target, layers))
      .filter((problem) => problem !== undefined),
  );
}

function layerBreak(from: string, to: string, layers: Layers): string | undefined {
  if (isTestSupport(to)) {
    if (isTest(from) || isTestSupport(from)) return undefined;
    return `${from} imports ${to}, which is for tests alone`;
  }
  const here = folderOf(from) === undefined ? undefined : layerOf(from, layers);
  const there = layerOf(to, layers);
  // What lies in `src` itself is a root: it may import every face.
  if (here === there) return undefined;
  if (here === undefined && folderOf(from) !== undefined)
    return `${from}: its folder is not in the layer table`;
  if (there === undefined) return `${from} imports ${to}, which is in no layer`;
  const allowed = here === undefined ? 'everything' : layers[here];
  if (allowed !== 'everything' && !allowed!.includes(there))
    return `${from} (${here}) may not import ${there}`;
  if (to !== `src/${there}/index.ts` && to !== `src/${there}`)
    return `${from} imports ${to} past src/${there}/index.ts`;
  return undefined;
}

/** The longest key of the table that `path` lies in. */
function layerOf(path: string, layers: Layers): string | undefined {
  return Object.keys(layers)
    .filter((layer) => path.startsWith(`src/${layer}/`) || path === `src/${layer}`)
    .sort((a, b) => b.length - a.length)[0];
}

function folderOf(path: string): string | undefined {
  const parts = path.split('/');
  return parts.length > 2 ? parts[1] : undefined;
}

/** Files that load each other in a ring; each ring is told once. Types may refer to each other. */
export function importCycles(sources: readonly Source[]): string[] {
  const byPath = new Map(sources.map((source) => [source.path, source]));
  const done = new Set<string>();
  const trail: string[] = [];
  const rings: string[] = [];
  const visit = (path: string): void => {
    const start = trail.indexOf(path);
    if (start !== -1) rings.push([...trail.slice(start), path].join(' -> '));
    const source = byPath.get(path);
    if (start !== -1 || done.has(path) || source === undefined) return;
    trail.push(path);
    source.loads.forEach(visit);
    trail.pop();
    done.add(path);
  };
  for (const source of sources) visit(source.path);
  return rings;
}

/** Sources that no entry point reaches, and test support that no test does. */
export function unusedFiles(sources: readonly Source[], entryPoints: readonly string[]): string[] {
  const byPath = new Map(sources.map((source) => [source.path, source]));
  const missing = entryPoints.filter((path) => !byPath.has(path)).map((path) => `${path} does not exist`);
  const shipped = reachable(byPath, entryPoints);
  const tested = reachable(byPath, [...byPath.keys()].filter(isTest));
  const unused = [...byPath.keys()]
    .filter((path) => path.startsWith('src/') && !isTest(path))
    .filter((path) => !(isTestSupport(path) ? tested : shipped).has(path));
  return [
    ...missing,
    ...unused.map((path) => `${path} is reached from no ${isTestSupport(path) ? 'test' : 'entry point'}`),
  ];
}

/** `starts` and what they import, directly or not. */
function reachable(byPath: ReadonlyMap<string, Source>, starts: readonly string[]): Set<string> {
  const reached = new Set<string>();
  const waiting = [...starts];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (reached.has(path)) continue;
    reached.add(path);
    waiting.push(...(byPath.get(path)?.imports ?? []));
  }
  return reached;
}

/** Clocks, randomness and errors that do not come through the kernel. */
export function rawUses(sources: readonly Source[]): string[] {
  return sources
    .filter(({ path }) => path.startsWith('src/') && !path.startsWith('src/kernel/') && !isTest(path))
    .flatMap(({ path, raw }) => raw.map((use) => `${path} uses ${use}; the kernel has a port for it`));
}

/** Files over the limit without a reason, and reasons that have outlived their file. */
export function largeFileBreaks(
  sources: readonly Source[],
  reasons: Readonly<Record<string, string>>,
): string[] {
  const large = new Map(
    sources
      .map(({ path, text }) => [path, text.split('\n').length - 1] as const)
      .filter(([, lines]) => lines > linesMax),
  );
  const unreasoned = [...large].filter(([path]) => !(path in reasons));
  const outlived = Object.keys(reasons).filter((path) => !large.has(path));
  return [
    ...unreasoned.map(([path, lines]) => `${path} has ${lines} lines; the limit is ${linesMax}`),
    ...outlived.map((path) => `${path} is excused from the size limit and need not be`),
  ];
}

/** Every file begins by saying what it owns; a test's name and a declaration's twin say it already. */
export function missingOpenings(sources: readonly Source[]): string[] {
  return sources
    .filter(({ path }) => !isTest(path) && !/\.d\.m?ts$/.test(path))
    .filter(({ text }) => !/^(#!.*\n)?\/[*/]/.test(text))
    .map(({ path }) => `${path} does not open with a comment`);
}

export function badNames(sources: readonly Source[]): string[] {
  return sources
    .filter(({ path }) => vagueWords.test(path) || !kebabCase.test(path.split('/').at(-1)!))
    .map(({ path }) => `${path} is not named, in kebab-case, by its concept`);
}

/** Packages that `src` imports and an installed Sluice would not have. */
export function undeclaredPackages(sources: readonly Source[], dependencies: ReadonlySet<string>): string[] {
  return sources
    .filter(({ path }) => path.startsWith('src/') && !isTest(path))
    .flatMap(({ path, imports }) =>
      imports
        .filter((target) => !target.startsWith('src/') && !target.startsWith('node:'))
        .filter((target) => !dependencies.has(packageOf(target)))
        .map((target) => `${path} imports ${target}, which is not among the dependencies`),
    );
}

function packageOf(specifier: string): string {
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
}
