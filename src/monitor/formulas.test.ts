/** docs/formulas.md names only what is measured, and what its chapters are to be about. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { catalogue } from './catalogue.js';
import { seriesOf } from './metric.js';

const page = readFileSync(new URL('../../docs/formulas.md', import.meta.url), 'utf8');
const probes = readFileSync(new URL('../../docs/probes.md', import.meta.url), 'utf8');
const known = new Set(
  catalogue.flatMap((kind) => [
    ...seriesOf(kind).map(({ name }) => name),
    ...kind.metrics.flatMap(({ name, kind: of }) => (of === 'histogram' ? [name, `${name}_bucket`] : [name])),
  ]),
);

function unknownIn(text: string): string[] {
  return [...text.matchAll(/\bsluice_[a-z0-9_]+/g)].map(([name]) => name).filter((name) => !known.has(name));
}

it('names only metrics that the catalogue has', () => {
  expect(page.match(/\bsluice_\w+/g)?.length).toBeGreaterThan(20);
  expect([...unknownIn(page), ...unknownIn(probes)]).toEqual([]);
  expect(unknownIn('`sluice_no_such_metric`')).toEqual(['sluice_no_such_metric']);
});

it('explains each of the seven', () => {
  const chapters = page.split(/^## /m).slice(1);
  const asked = [
    ...['Throughput', 'Latency', 'Queue length', 'Availability', 'Recovery time'],
    ...['Task processing time', 'Task queue length'],
  ];
  for (const name of asked) {
    const chapter = chapters.find((text) => text.startsWith(`${name}\n`)) ?? '';
    for (const part of ['Formula', 'Unit', 'Metrics', 'Where', 'PromQL', 'Left out', 'Example'])
      expect(chapter, `${part} of ${name}`).toContain(`| **${part}** |`);
    expect(unknownIn(chapter), name).toEqual([]);
    expect(chapter, name).toMatch(/sluice (history|figures) /);
  }
});

it('gives series to `sluice history` that exist', () => {
  const series = [...page.matchAll(/sluice history ([a-z0-9_]+)/g)].map(([, name]) => `sluice_${name}`);
  expect(series.length).toBeGreaterThan(5);
  expect(series.filter((name) => !known.has(name) && !known.has(`${name}_total`))).toEqual([]);
});
