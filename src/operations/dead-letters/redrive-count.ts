/** What a redrive counts. Pure. Invariant: each letter that it came to is counted once. */
import type { RelocationOutcome } from '../../broker/index.js';
import type { RedriveJob } from './redrive-request.js';

/** Queues that are counted one by one; their names are written with each step. */
const targetsMax = 100;

/** The job after letters to these targets became that; of `homeless` more nobody knows where to. */
export function countedJob(
  job: RedriveJob,
  targets: readonly string[],
  outcomes: readonly RelocationOutcome[],
  homeless: number,
): RedriveJob {
  const sent = targets.filter((_, index) => outcomes[index] === 'moved');
  const count = (...kinds: readonly RelocationOutcome[]): number =>
    outcomes.filter((outcome) => kinds.includes(outcome)).length;
  return {
    ...job,
    sent: job.sent + sent.length,
    targets: countedTargets(job.targets, sent),
    duplicates: job.duplicates + count('conflict'),
    homeless: job.homeless + homeless,
    missed: job.missed + count('active', 'absent'),
  };
}

function countedTargets(before: RedriveJob['targets'], sent: readonly string[]): RedriveJob['targets'] {
  const counts = new Map(Object.entries(before));
  for (const target of sent) {
    const count = counts.get(target) ?? (counts.size < targetsMax ? 0 : undefined);
    if (count !== undefined) counts.set(target, count + 1);
  }
  return Object.fromEntries(counts);
}
