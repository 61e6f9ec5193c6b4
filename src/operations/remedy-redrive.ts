/** Redrives as remedies ask for them: the one way in which dead letters go back, waited for to its end. */
import type { Redrive, RedriveDone, RedriveSeen } from '../alerts/index.js';
import { SluiceError } from '../kernel/index.js';
import { forbidding, type RedriveRequest } from './dead-letters/redrive-request.js';
import type { Redrives } from './dead-letters/redrives.js';
import { remedyOperator } from './operator-channel.js';

/** What of the redrives of a server this needs. */
export type RedriveDesk = Pick<Redrives, 'planned' | 'start' | 'finished'>;

function requestOf({ perSecond, ...redrive }: Redrive): RedriveRequest {
  return { ...redrive, ratePerSecond: perSecond, guard: true };
}

/** What would go back. Letters whose queue is gone have no way back either. */
export async function plannedForRemedy(desk: RedriveDesk, redrive: Redrive): Promise<RedriveSeen> {
  const { targets, positions, seen, unseen, homeless } = await desk.planned(requestOf(redrive));
  const open = targets.filter(({ against }) => !against.some((objection) => forbidding.has(objection)));
  const closed = targets.filter((target) => !open.includes(target));
  return {
    targets: Object.fromEntries(open.map(({ queue, count }) => [queue, count])),
    homeless: closed.reduce((sum, { count }) => sum + count, homeless),
    ...{ positions, seen, unseen },
  };
}

/** Sends them, and resolves at the end. Throws what keeps a redrive from beginning; `refused` where none could go. */
export async function redriveForRemedy(desk: RedriveDesk, redrive: Redrive): Promise<RedriveDone> {
  const { id } = await desk.start(requestOf(redrive), remedyOperator);
  const { sent, targets, problem } = await desk.finished(id);
  if (sent === 0 && problem !== undefined) throw new SluiceError('refused', problem, { retryable: true });
  return { sent, targets, problem };
}
