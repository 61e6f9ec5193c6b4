/** Causes of incidents, as remedies are applied: what was remedied stays the cause until the figures are of afterwards. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { Cause, Incident, IncidentEvent } from '../types.js';
import { CauseFinder } from './causes.js';

const subject = { kind: 'queue', labels: { queue: 'q' } };
const causeOf = (signature: string): Cause => ({
  ...{ signature, subject, title: signature, score: 1, evidence: [], remedies: [] },
});
const at = 1_000;

let found: string[];
let finder: CauseFinder;
let seen: string;

beforeEach(() => {
  found = [];
  seen = 'slow-consumer';
  finder = new CauseFinder((_incident, causes) => found.push(causes[0]!.signature), {
    figures: { latest: () => [], onMeasured: () => () => undefined },
    pause: () => Promise.resolve(),
    onProblem: (problem) => expect.unreachable(problem),
  });
  finder.use(() => [causeOf(seen)]);
});

function incident(timeline: readonly IncidentEvent[] = []): Incident {
  return {
    ...{ id: 'i', title: 'late', severity: 'warning', state: 'open', alerts: [], labels: {}, openedMs: 0 },
    ...{ causes: found.map(causeOf), timeline },
  };
}

describe('the causes of an incident', () => {
  beforeEach(async () => {
    await finder.find(incident(), at);
    finder.follow('i', 'applied', at * 1_000);
    seen = 'what its end looks like';
  });

  it('stay as they were for two minutes after a remedy', async () => {
    await finder.find(incident(), at + 10);
    finder.follow('i', 'done', (at + 30) * 1_000);
    await finder.find(incident(), at + 120);
    expect(found).toEqual(['slow-consumer']);
    await finder.find(incident(), at + 121);
    expect(found).toEqual(['slow-consumer', seen]);
  });

  it.each(['undone', 'in-vain', 'failed'] as const)('are looked for again where it is %s', async (state) => {
    finder.follow('i', state, (at + 20) * 1_000);
    await finder.find(incident(), at + 25);
    expect(found).toEqual(['slow-consumer', seen]);
  });

  it('are looked for again where another alert fires', async () => {
    await finder.find(incident([{ atMs: (at + 5) * 1_000, kind: 'alert-fired', text: 'more' }]), at + 5);
    expect(found).toEqual(['slow-consumer', seen]);
  });

  it('stay as they were where somebody looked while the remedy was applied', async () => {
    found.length = 0;
    const [before] = [causeOf('slow-consumer')];
    finder.follow('i', 'undone', at * 1_000);
    finder.use(() => {
      finder.follow('i', 'applied', at * 1_000);
      return [causeOf(seen)];
    });
    await finder.find({ ...incident(), causes: [before] }, at);
    expect(found).toEqual([]);
  });
});
