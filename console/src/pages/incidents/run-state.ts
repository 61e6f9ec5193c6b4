/** What is to be seen of a remedy that was asked for or applied. Pure. */
import type { Run, RunState } from './answers.ts';

export type RunTone = 'good' | 'warning' | 'critical' | 'plain';

const tones: Readonly<Record<RunState['kind'], RunTone>> = {
  asked: 'warning',
  applying: 'plain',
  applied: 'plain',
  done: 'good',
  'in-vain': 'critical',
  undoing: 'plain',
  undone: 'plain',
  failed: 'critical',
  refused: 'plain',
};

export function toneOf({ kind }: RunState): RunTone {
  return tones[kind];
}

/** Whether it is in force, or may be: whatever can be undone then is undone. */
export function isInForce({ state: { kind } }: Pick<Run, 'state'>): boolean {
  return kind === 'applying' || kind === 'applied' || kind === 'done' || kind === 'in-vain';
}

/** Whether something happens to it by itself soon, so that it is looked at again. */
export function isMoving({ state: { kind } }: Pick<Run, 'state'>): boolean {
  return kind === 'applying' || kind === 'applied' || kind === 'undoing';
}

/** How much of the time of its check has gone by, from 0 to 1; undefined: nothing is being checked. */
export function progressOf({ state }: Pick<Run, 'state'>, nowMs: number): number | undefined {
  const { kind, sinceMs, checkUntilMs } = state;
  if (kind !== 'applied' || sinceMs === undefined || checkUntilMs === undefined) return undefined;
  if (checkUntilMs <= sinceMs) return 1;
  return Math.min(1, Math.max(0, (nowMs - sinceMs) / (checkUntilMs - sinceMs)));
}
