/** `sluice report` on a server that measures itself. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Report } from '../../src/alerts/index.js';
import { makeWorkplace, type Workplace } from './sluice.js';

let place: Workplace;

beforeAll(async () => {
  place = await makeWorkplace();
  await writeFile(join(place.folder, 'sluice.yaml'), 'owners:\n  - { owner: "=shop", queue: "orders*" }\n');
  await writeFile(join(place.folder, 'prices.yaml'), 'currency: EUR\nperMillionMessages: 2\n');
  await writeFile(join(place.folder, 'wrong.yaml'), 'perMessage: 2\n');
  await place.up(['--config', 'sluice.yaml']).ready;
  await place.sluice(['queue', 'declare', 'orders']);
  await place.sluice(['publish', 'orders', '--body', 'x']);
});

afterAll(() => place.close());

/** Until the queue was measured, which is done every second. */
async function measured(): Promise<Report> {
  for (;;) {
    const { stdout, code } = await place.sluice(['report', '--since', '5m', '--json']);
    const report = code === 0 ? (JSON.parse(stdout) as Report) : undefined;
    if (report?.owners.some(({ owner, bytesPeak }) => owner === '=shop' && bytesPeak === 1) === true)
      return report;
  }
}

it('tells of owners, risks and what is not known, as JSON, text and CSV', async () => {
  const report = await measured();
  expect(report.unknown.join()).toContain('history begins at');
  expect(report.engines).toMatchObject([{ engine: 'embedded', availability: 1, failures: 0 }]);
  const alone = await place.sluice(['availability', '--since', '5m']);
  expect(alone.stdout).toMatch(/^The goal is 99\.9 %\.\nembedded: 100 % available, 0 failures.*budget spent/);
  const told = await place.sluice(['availability', '--since', '5m', '--json']);
  expect(JSON.parse(told.stdout)).toMatchObject({ goal: 0.999, engines: [{ engine: 'embedded' }] });
  const text = await place.sluice(['report', '--since', '5m', '--prices', 'prices.yaml']);
  expect(text).toMatchObject({ code: 0, stderr: '' });
  expect(text.stdout).toMatch(/\nIncidents\n {2}none\n/);
  expect(text.stdout).toMatch(/\n {2}embedded: 100 % available, 0 failures/);
  expect(text.stdout).toMatch(/\n=shop .* EUR +/);
  const csv = await place.sluice(['report', '--since', '5m', '--format', 'csv', '--prices', 'prices.yaml']);
  expect(csv.stdout).toMatch(/^owner,queues,.*known_share\r\n'=shop,1,/);
  const wrong = await place.sluice(['report', '--prices', 'wrong.yaml']);
  expect(wrong.code).toBe(2);
  expect(wrong.stderr).toContain('perMessage is unknown');
});
