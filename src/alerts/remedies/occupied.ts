/** Never two remedies at one object at once, as the check of one would tell of the other; and not one after the other. */
import { SluiceError } from '../../kernel/index.js';
import { remedyNamed } from './catalogue.js';
import type { Plan } from './remedy.js';
import type { RemedySettings } from './remedy-setting.js';
import { isUnderWay, type RemedyRun } from './remedy-run.js';

/** What a remedy changes, in words. */
export function objectOf({ remedy, plan }: { readonly remedy: string; readonly plan: Plan }): string {
  return remedyNamed(remedy).objectOf(plan);
}

/** Throws `precondition-failed` (retryable, details: `occupiedBy`) while another run is applied, checked or undone. */
export function requireFree(
  runs: readonly RemedyRun[],
  wanted: { readonly remedy: string; readonly plan: Plan; readonly id?: string },
): void {
  const object = objectOf(wanted);
  const other = runs.find((run) => isUnderWay(run) && run.id !== wanted.id && objectOf(run) === object);
  if (other === undefined) return;
  const { remedy, id, state } = other;
  const doing = state.kind === 'applied' ? 'being checked' : 'under way';
  throw new SluiceError(
    'precondition-failed',
    `${object}: ${remedy} ${id} is ${doing}; wait for it, or undo it first`,
    { retryable: true, details: { occupiedBy: id } },
  );
}

/** Throws `limit-reached` where rules have applied as many remedies to the object lately as they may. */
export function requireSeldom(
  runs: readonly RemedyRun[],
  wanted: { readonly remedy: string; readonly plan: Plan },
  { atMost, nowMs }: { readonly atMost: RemedySettings['perObject']; readonly nowMs: number },
): void {
  const object = objectOf(wanted);
  const fromMs = nowMs - atMost.withinSeconds * 1_000;
  const lately = runs.filter(({ mode, createdMs }) => mode === 'automatic' && createdMs > fromMs);
  if (lately.filter((run) => objectOf(run) === object).length < atMost.count) return;
  throw new SluiceError('limit-reached', `rules have applied ${atMost.count} remedies to ${object} lately`);
}

/** Whether that is why something was refused. */
export function isOccupied(problem: unknown): boolean {
  return problem instanceof SluiceError && problem.details['occupiedBy'] !== undefined;
}
