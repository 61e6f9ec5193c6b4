/**
 * Tasks that wait for others: checked when one is enqueued, and again when it is to run. Invariant: a task is never
 * enqueued behind one that is known to be nowhere, and never runs after a failure that it was to be spared from.
 */
import { requireCapability } from '../engines/index.js';
import { SluiceError } from '../kernel/index.js';
import type { Outcome } from './outcome.js';
import type { TaskDesk, TaskPlace } from './task-desk.js';
import { DependencyFailed } from './task-errors.js';
import type { TaskId } from './task-id.js';

/** Tasks that one may wait for. */
const othersMax = 1_000;

/** What a task does when one that it waited for did not complete: it fails too (default), or runs all the same. */
export type AfterFailure = 'fail' | 'run';

/** The names in `after`, each once. Throws `bad-input`, and `unsupported` where the engine cannot wait. */
export function checkedAfter(
  desk: TaskDesk,
  after: readonly TaskPlace[] | undefined,
  afterFailure: AfterFailure,
): readonly TaskId[] | undefined {
  if (!['fail', 'run'].includes(afterFailure))
    throw refusal(`afterFailure is 'fail' or 'run', not '${afterFailure}'`);
  if (after === undefined) return undefined;
  if (!Array.isArray(after) || !after.every(isPlace))
    throw refusal('after is a list of handles, as `enqueue` and `find` give them');
  if (after.length === 0) return undefined;
  if (after.length > othersMax) throw refusal(`a task waits for at most ${othersMax} others`);
  requireCapability(desk.engine, 'after');
  requireCapability(desk.engine, 'records');
  return [...new Set((after as readonly TaskPlace[]).map(({ id }) => id))];
}

function isPlace(given: unknown): given is TaskPlace {
  const { id, queue } = (given ?? {}) as Partial<TaskPlace>;
  return typeof id === 'string' && id !== '' && typeof queue === 'string';
}

/**
 * Throws `not-found` for a task that has no outcome, and whose queue is empty or not there: nothing would ever end the
 * wait for it. Where the queue holds others, nobody can tell.
 */
export async function requireKnown(desk: TaskDesk, after: readonly TaskPlace[]): Promise<void> {
  const empty = new Map<string, boolean>();
  for (const { queue } of after) if (!empty.has(queue)) empty.set(queue, await isEmpty(desk, queue));
  for (const { id, queue } of after) {
    // In this order: a task leaves its queue and has its outcome in one step.
    if (empty.get(queue) !== true || (await desk.outcomes.find(id)) !== undefined) continue;
    throw new SluiceError(
      'not-found',
      `task ${id} is not in its queue and has no outcome: whoever waits for it would wait for ever`,
      { details: { taskId: id, queue } },
    );
  }
}

async function isEmpty(desk: TaskDesk, queue: string): Promise<boolean> {
  const info = await desk.engine.topology.describeQueue(queue);
  if (info === undefined) return true;
  const { ready, unacknowledged, delayed, held } = info;
  return [ready, unacknowledged, delayed, held].every((count) => count === 0);
}

/** What keeps a task from running: one that it needed did not complete. An outcome that has expired was one. */
export async function failureAmong(
  desk: TaskDesk,
  needs: readonly string[],
): Promise<DependencyFailed | undefined> {
  const outcomes = await Promise.all(needs.map((id) => desk.outcomes.find(id)));
  for (const [index, outcome] of outcomes.entries()) {
    if (outcome === undefined || outcome.state === 'completed') continue;
    return new DependencyFailed(needs[index]!, outcome.state, reasonOf(outcome));
  }
  return undefined;
}

function reasonOf(outcome: Outcome): string | undefined {
  if (outcome.state === 'failed') return outcome.failure.message;
  return outcome.state === 'cancelled' ? outcome.reason : undefined;
}

function refusal(message: string): SluiceError {
  return new SluiceError('bad-input', message);
}
