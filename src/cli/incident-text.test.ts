/** Incidents in words: the cause with its figures, and a remedy that can be pasted. */
import { Command } from 'commander';
import { expect, it } from 'vitest';
import type { Cause, Incident, Reading } from '../alerts/index.js';
import { incidentHead, incidentLines, serverOptions } from './incident-text.js';

const subject = { kind: 'queue', labels: { queue: 'q' } };
const reading = (series: string, value: number | undefined): Reading => ({
  ...{ series, subject, value, unit: 'seconds', atMs: 0 },
});
const cause: Cause = {
  ...{ signature: 'slow', subject, title: 'One is slow', score: 0.91 },
  explanation: 'A message takes 840 ms (usually 31 ms).',
  evidence: [
    {
      speaks: 'for',
      text: 'It takes longer.',
      readings: [reading('mean(x)', 0.84), reading('y', undefined)],
    },
    { speaks: 'unknown', text: 'It is new.', readings: [reading('mean(x)', 0.84)] },
  ],
  remedies: [
    {
      remedy: 'close-consumer',
      parameters: {},
      text: 'Close it.',
      command: 'sluice remedy apply close-consumer',
    },
    { remedy: 'advice', parameters: {}, text: 'Roll it back.', command: '' },
  ],
};
const incident: Incident = {
  ...{ id: 'a1', title: 'late', severity: 'warning', state: 'open', alerts: [], labels: {}, openedMs: 0 },
  ...{ causes: [cause], timeline: [] },
};

function optionsOf(...words: string[]): readonly string[] {
  const program = new Command().option('--data <dir>').option('--config <file>').allowUnknownOption();
  return serverOptions(program.parse(words, { from: 'user' }));
}

it('says the figures of a cause, and a remedy as it can be pasted', () => {
  expect(incidentHead(incident, 5_000, optionsOf('--data', "/tmp/it's here"))).toEqual([
    'a1  warning  open for 5 s  late',
    '  One is slow (91 %)',
    '    A message takes 840 ms (usually 31 ms).',
    '    + It takes longer.',
    '    ? It is new.',
    "    > Close it: sluice remedy apply close-consumer --incident a1 --data '/tmp/it'\\''s here'",
    '    > Roll it back.',
  ]);
  expect(optionsOf()).toEqual([]);
});

it('says of an incident how long it is open, and of one that is over when it ended', () => {
  const headOf = (more: Partial<Incident>) => incidentHead({ ...incident, ...more }, 60_000)[0];
  expect(headOf({})).toBe('a1  warning  open for 1 min  late');
  expect(headOf({ state: 'acknowledged' })).toBe('a1  warning  acknowledged, open for 1 min  late');
  expect(headOf({ state: 'resolved', resolvedMs: 20_000 })).toBe(
    'a1  warning  resolved 40 s ago, after 20 s  late',
  );
});

it('shows each figure behind a cause once, and what is unknown as that', () => {
  const lines = incidentLines(incident, 5_000).filter((line) => line.includes('='));
  expect(lines).toEqual(['    = mean(x)  840 ms', '    = y  unknown']);
});
