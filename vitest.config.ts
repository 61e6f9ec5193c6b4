import { defineConfig } from 'vitest/config';
import { LongestFirst } from './tests/support/longest-first.js';

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'tests/**/*.test.ts', 'console/src/**/*.test.ts', 'bench/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // What is waited for comes, also on a machine that is slow today.
    expect: { poll: { timeout: 30_000 } },
    pool: 'forks',
    // Most files wait for a server, a disk or a clock: as many at a time as there are processors, not one fewer.
    maxWorkers: '100%',
    sequence: { sequencer: LongestFirst },
  },
});
