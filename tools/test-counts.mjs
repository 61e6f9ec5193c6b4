/**
 * A reporter for vitest that writes what the last line of `npm test` tells into the file SLUICE_TEST_COUNTS.
 * A file that could not be loaded and an error outside any test count as failures.
 */
import { writeFileSync } from 'node:fs';

export default class TestCounts {
  onTestRunEnd(modules, unhandledErrors) {
    const counts = { passed: 0, failed: unhandledErrors.length, skipped: [] };
    for (const module of modules) countModule(module, counts);
    writeFileSync(process.env.SLUICE_TEST_COUNTS, JSON.stringify(counts));
  }
}

function countModule(module, counts) {
  counts.failed += module.errors().length;
  for (const suite of module.children.allSuites()) counts.failed += suite.errors().length;
  for (const test of module.children.allTests()) countTest(test, module, counts);
}

function countTest(test, module, counts) {
  const result = test.result();
  if (result.state === 'passed') counts.passed++;
  else if (result.state === 'failed') counts.failed++;
  else
    counts.skipped.push(
      `${module.relativeModuleId} > ${test.fullName}${result.note ? ` (${result.note})` : ''}`,
    );
}
