/** Redrives for people: what one would do, how it goes, how it ended. */
import type { RedriveJob, RedrivePlan } from '../operations/index.js';
import type { Column } from './table.js';
import { singleLine } from './text.js';

export const jobColumns: readonly Column<RedriveJob>[] = [
  { title: 'id', of: ({ id }) => id },
  { title: 'queue', of: ({ queue }) => queue },
  { title: 'state', of: ({ state }) => state },
  { title: 'sent', of: ({ sent }) => sent, align: 'right' },
  { title: 'of', of: ({ total }) => total, align: 'right' },
  { title: 'skipped', of: (job) => job.duplicates + job.homeless + job.missed, align: 'right' },
  { title: 'by', of: ({ by }) => by },
  { title: 'started', of: ({ startedMs }) => new Date(startedMs).toISOString() },
  { title: 'problem', of: ({ problem }) => problem ?? '' },
];

const objections: Readonly<Record<string, string>> = {
  missing: 'it is not there',
  'same-queue': 'the letters are there already',
  'not-durable': 'it is not durable',
  paused: 'it is paused',
  'no-consumer': 'nobody consumes from it',
  full: 'it has no room for all of them',
  'drops-oldest': 'its oldest messages will be dropped',
};

/** What a redrive would do, a line each. */
export function planLines(plan: RedrivePlan): string[] {
  const lines = [`Would send ${plan.sendable} of ${plan.matched} letters.`];
  for (const { queue, count, against } of plan.targets) {
    const why = against.map((each) => objections[each] ?? each).join('; ');
    lines.push(`  ${count} to ${queue}${why === '' ? '' : `: ${why}`}`);
  }
  const notes: readonly (readonly [number, string])[] = [
    [plan.homeless, 'tell of no queue that they came from: name one with --to'],
    [plan.duplicates, 'are copies of what was redriven already, and stay'],
    [plan.failedAgain, 'were redriven before and have failed again'],
    [plan.unnamed, 'have no message-id: copies of them cannot be told apart'],
    [plan.unseen, 'were not looked at'],
  ];
  for (const [count, text] of notes) if (count > 0) lines.push(`  ${count} ${text}`);
  return lines.map(singleLine);
}

/** How a redrive is, in one line. */
export function jobLine(job: RedriveJob): string {
  const { state, sent, total, targets, duplicates, homeless, missed, problem } = job;
  const skipped = [
    ...(duplicates === 0 ? [] : [`${duplicates} copies`]),
    ...(homeless === 0 ? [] : [`${homeless} without a queue to go to`]),
    ...(missed === 0 ? [] : [`${missed} that somebody had or that were gone`]),
  ];
  const to = Object.entries(targets).map(([queue, count]) => `${count} to ${queue}`);
  const parts = [
    `${state}: sent ${sent}${total === undefined ? '' : ` of ${total}`}`,
    ...(to.length === 0 ? [] : [to.slice(0, 5).join(', ')]),
    ...(skipped.length === 0 ? [] : [`left ${skipped.join(', ')}`]),
    ...(problem === undefined ? [] : [problem]),
  ];
  return singleLine(`${parts.join('; ')}.`);
}
