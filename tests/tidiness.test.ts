/** The tree keeps to its own rules; and each rule, given a tree that breaks it, notices. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { entryPoints, largeFiles, layers } from './tidiness/layers.js';
import * as rules from './tidiness/rules.js';
import { parseSource, type Source } from './tidiness/source.js';

const root = fileURLToPath(new URL('..', import.meta.url));

function sourcesBelow(folder: string): Source[] {
  return readdirSync(`${root}${folder}`, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.(ts|mts|mjs|js)$/.test(entry.name))
    .map((entry) => `${entry.parentPath}/${entry.name}`.slice(root.length))
    .map((path) => parseSource(path, readFileSync(`${root}${path}`, 'utf8')));
}

const source = sourcesBelow('src');
const everything = [...source, ...['bench', 'bin', 'tests', 'tools'].flatMap(sourcesBelow)];

describe('the tree', () => {
  it('keeps to the layer table', () => {
    expect(rules.layerBreaks(source, layers)).toEqual([]);
  });

  it('has no import cycles', () => {
    expect(rules.importCycles(source)).toEqual([]);
  });

  it('has no unused files', () => {
    expect(rules.unusedFiles(everything, entryPoints)).toEqual([]);
  });

  it('takes time, randomness and errors from the kernel', () => {
    expect(rules.rawUses(source)).toEqual([]);
  });

  it('keeps files small', () => {
    expect(rules.largeFileBreaks(everything, largeFiles)).toEqual([]);
  });

  it('opens every file with what it owns', () => {
    expect(rules.missingOpenings(everything)).toEqual([]);
  });

  it('names every file by its concept', () => {
    expect(rules.badNames(everything)).toEqual([]);
  });

  it('imports only packages that come with it', () => {
    const { dependencies } = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as {
      dependencies: Record<string, string>;
    };
    expect(rules.undeclaredPackages(source, new Set(Object.keys(dependencies)))).toEqual([]);
  });
});

/** A fabricated tree of files. */
function tree(files: Readonly<Record<string, string>>): Source[] {
  return Object.entries(files).map(([path, text]) => parseSource(path, text));
}

describe('a rule notices', () => {
  const table = { low: [], high: ['low'], 'high/part': ['high'], top: 'everything' } as const;

  it.each([
    ['an upward import', 'src/low/a.ts', '../high/index.js', 'may not import high'],
    ['an upward import of a type', 'src/low/a.ts', '../high/index.js', 'may not import high'],
    ['an import past the face', 'src/high/a.ts', '../low/b.js', 'past src/low/index.ts'],
    ['a part that oversteps its own rules', 'src/high/part/a.ts', '../../low/index.js', 'may not import low'],
    ['a folder that imports its part', 'src/high/a.ts', './part/index.js', 'may not import high/part'],
    ['a folder without rules', 'src/new/a.ts', '../low/index.js', 'not in the layer table'],
    ['an import of a folder without rules', 'src/top/a.ts', '../new/index.js', 'in no layer'],
    ['test support in the product', 'src/low/a.ts', './testing/b.js', 'for tests alone'],
    [
      'test support of another folder in the product',
      'src/top/a.ts',
      '../low/testing/b.js',
      'for tests alone',
    ],
    ['test support in a root', 'src/index.ts', './low/testing/b.js', 'for tests alone'],
    [
      'test support that oversteps its folder',
      'src/low/testing/a.ts',
      '../../high/index.js',
      'may not import high',
    ],
    ['a test that oversteps its folder', 'src/low/a.test.ts', '../high/index.js', 'may not import high'],
  ])('%s', (_, path, target, problem) => {
    for (const statement of [
      `import { x } from '${target}';`,
      `import type { X } from '${target}';`,
      `export * from '${target}';`,
      `await import('${target}');`,
      `let x: import('${target}').X;`,
      `new Worker(new URL('${target}', import.meta.url));`,
    ]) {
      const breaks = rules.layerBreaks(tree({ [path]: statement }), table);
      expect(breaks, statement).toEqual([expect.stringContaining(problem) as string]);
    }
  });

  it('nothing wrong in what is allowed', () => {
    const allowed = tree({
      'src/index.ts': `import './top/index.js'`,
      'src/top/a.ts': `import '../low/index.js'; import './b.js'; import 'zod';`,
      'src/high/part/a.ts': `import '../index.js'; import './b.js';`,
      'src/low/a.test.ts': `import './testing/b.js'; import '../high/testing/c.js';`,
      'src/low/testing/b.ts': `import '../a.js'; import '../../high/testing/c.js';`,
    });
    expect(rules.layerBreaks(allowed, table)).toEqual([]);
  });

  it('a cycle, once', () => {
    const sources = tree({
      'src/a.ts': `import './b.js'`,
      'src/b.ts': `import { type C } from './c.js'`,
      'src/c.ts': `export * from './b.js'; import type { D } from './d.js'`,
      'src/d.ts': `import { c } from './c.js'`,
    });
    expect(rules.importCycles(sources)).toEqual(['src/b.ts -> src/c.ts -> src/b.ts']);
  });

  it('an unused file and a missing entry point', () => {
    const sources = tree({
      'src/index.ts': `new Worker(new URL('./worker.js', import.meta.url))`,
      'src/worker.ts': '',
      'src/unused.ts': '',
      'src/unused.test.ts': `import './unused.js'`,
      'src/a/testing/used.ts': `import './also-used.js'`,
      'src/a/testing/also-used.ts': '',
      'src/a/testing/unused.ts': '',
      'tests/a.test.ts': `import '../src/a/testing/used.js'`,
    });
    expect(rules.unusedFiles(sources, ['src/index.ts', 'src/main.ts'])).toEqual([
      'src/main.ts does not exist',
      'src/unused.ts is reached from no entry point',
      'src/a/testing/unused.ts is reached from no test',
    ]);
  });

  it.each([
    'Date.now()',
    'Math.random()',
    'performance.now()',
    'globalThis.performance.now()',
    'process.hrtime.bigint()',
    'new Error("x")',
    'Error("x")',
    'new TypeError("x")',
    'new Date()',
  ])('%s outside the kernel', (use) => {
    expect(rules.rawUses(tree({ 'src/broker/a.ts': use }))).toHaveLength(1);
    expect(rules.rawUses(tree({ 'src/kernel/a.ts': use, 'src/broker/a.test.ts': use }))).toEqual([]);
    expect(rules.rawUses(tree({ 'src/broker/a.ts': `// ${use}\nnew Date(5)` }))).toEqual([]);
  });

  it('a large file, and an excuse that is no longer needed', () => {
    const sources = tree({ 'src/a.ts': '\n'.repeat(401), 'src/b.ts': '\n'.repeat(400) });
    expect(rules.largeFileBreaks(sources, {})).toEqual([
      expect.stringContaining('src/a.ts has 401 lines') as string,
    ]);
    expect(rules.largeFileBreaks(sources, { 'src/a.ts': 'a table' })).toEqual([]);
    expect(rules.largeFileBreaks(sources, { 'src/a.ts': 'a table', 'src/b.ts': 'none' })).toHaveLength(1);
  });

  it('a file without an opening comment', () => {
    const sources = tree({
      'src/a.ts': 'const a = 1;',
      'src/b.ts': '/** Owns b. */',
      'src/b.test.ts': 'const a = 1;',
      'bin/c.js': '#!/usr/bin/env node\n/** Owns c. */',
    });
    expect(rules.missingOpenings(sources)).toEqual(['src/a.ts does not open with a comment']);
  });

  it.each([
    'src/a/utils.ts',
    'src/a/string-utils.ts',
    'src/common/a.ts',
    'src/queue-manager.ts',
    'src/aB.ts',
  ])('the name %s', (path) => {
    expect(
      rules.badNames(tree({ [path]: '', 'src/a/commonplace.ts': '', 'src/a/b-c.test.ts': '' })),
    ).toHaveLength(1);
  });

  it('a package that would not be installed', () => {
    const sources = tree({
      'src/a.ts': `import 'vitest'; import 'node:fs'; import '@a/b/c'; import '@a/d'`,
      'src/a.test.ts': `import 'vitest'`,
    });
    expect(rules.undeclaredPackages(sources, new Set(['@a/b']))).toEqual([
      'src/a.ts imports vitest, which is not among the dependencies',
      'src/a.ts imports @a/d, which is not among the dependencies',
    ]);
  });
});
