/** How much the first page weighs: all that loads before the overview shows, packed as browsers get it. */
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';

const folder = new URL('../../console/dist/', import.meta.url);
const bytesMax = 150_000;

/** The page, its scripts and styles, and what those import before they run. */
function firstFiles(): ReadonlySet<string> {
  const index = readFileSync(new URL('index.html', folder), 'utf8');
  const files = new Set(['index.html']);
  const waiting = [...index.matchAll(/(?:src|href)="\/console\/([^"]+\.(?:js|css))"/g)].map(
    ([, file]) => file!,
  );
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (files.has(file)) continue;
    files.add(file);
    if (!file.endsWith('.js')) continue;
    const script = readFileSync(new URL(file, folder), 'utf8');
    // `import("./page.js")` waits until somebody opens the page.
    for (const [, imported] of script.matchAll(/(?:from|import)\s*"\.\/([^"]+\.js)"/g))
      waiting.push(`assets/${imported!}`);
  }
  return files;
}

it('is under 150 KB', () => {
  const files = [...firstFiles()];
  expect(files.some((file) => file.endsWith('.js')) && files.some((file) => file.endsWith('.css'))).toBe(
    true,
  );
  const sizes = files.map((file) => gzipSync(readFileSync(new URL(file, folder))).length);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  expect(total, files.join(', ')).toBeLessThan(bytesMax);
  // The plots are on the first page; were they not in the count, neither would anything else be.
  expect(total).toBeGreaterThan(30_000);
});
