/** The layer table of docs/ARCHITECTURE.md: for each folder of `src`, the others it may import. */

/** What a folder of `src` (or a folder inside one) may import besides itself. */
export type Layers = Readonly<Record<string, readonly string[] | 'everything'>>;

/** A key with a slash is a part of its folder with rules of its own; the longest key that fits counts. */
export const layers: Layers = {
  kernel: [],
  journal: ['kernel'],
  scheduling: ['kernel'],
  access: ['kernel'],
  'broker/content': ['kernel'],
  broker: ['kernel', 'broker/content', 'journal', 'scheduling'],
  protocols: ['kernel', 'broker', 'broker/content', 'access'],
  engines: ['kernel'],
  server: 'everything',
};

/** Files in `src` itself: the package's face assembles. */
export const rootFiles: readonly string[] = ['src/index.ts'];

/** Where programs start: everything in `src` must be reachable from one of these. */
export const entryPoints: readonly string[] = ['src/index.ts', 'src/cli/main.ts'];

/** Files over the size limit, each with the hard reason. */
export const largeFiles: Readonly<Record<string, string>> = {};
