/**
 * One use of a remedy, from the wish to the check that it worked. Invariant: plain data; what is written before an
 * action is enough to undo it, also where nobody knows whether it was done.
 */
import type { Subject } from '../types.js';
import type { Measured, Parameters, Plan } from './remedy.js';

export type RunState =
  /** Until another person approves, or that moment. */
  | { readonly kind: 'asked'; readonly untilMs: number }
  | { readonly kind: 'applying'; readonly sinceMs: number }
  /** Done; whether it helps is looked at until that moment. */
  | { readonly kind: 'applied'; readonly sinceMs: number; readonly checkUntilMs: number }
  /** `proven` false: nothing tells whether it helped. */
  | { readonly kind: 'done'; readonly atMs: number; readonly proven: boolean; readonly why: string }
  /** Its check failed, and it is in force still. */
  | { readonly kind: 'in-vain'; readonly atMs: number; readonly why: string }
  | { readonly kind: 'undoing'; readonly sinceMs: number }
  | { readonly kind: 'undone'; readonly atMs: number }
  | { readonly kind: 'failed'; readonly atMs: number; readonly why: string }
  | { readonly kind: 'refused'; readonly atMs: number; readonly why: string };

export interface RunEvent {
  readonly atMs: number;
  readonly text: string;
  readonly by: string;
}

/** The check of a fault signature, which takes the place of the remedy's own. */
export interface CauseCheck {
  readonly signature: string;
  readonly subject: Subject;
  readonly text: string;
  readonly withinSeconds: number;
}

export interface RemedyRun {
  readonly id: string;
  readonly remedy: string;
  readonly parameters: Parameters;
  readonly plan: Plan;
  readonly reason: string;
  readonly mode: 'by-hand' | 'approval' | 'automatic';
  /** Who wanted it. */
  readonly by: string;
  readonly incident?: string;
  readonly check?: CauseCheck;
  /** The rule that wanted it, and the alert, as it was then. */
  readonly rule?: string;
  readonly alert?: string;
  /** It stays in force also where its check fails. */
  readonly keeps?: boolean;
  /** What its check compares with, from before and after it was applied. */
  readonly before?: Measured;
  readonly after?: Measured;
  readonly createdMs: number;
  readonly state: RunState;
  readonly history: readonly RunEvent[];
}

/** Whether it is in force, or may be. */
export function isStanding({ state: { kind } }: RemedyRun): boolean {
  return (
    kind === 'applying' || kind === 'applied' || kind === 'done' || kind === 'in-vain' || kind === 'undoing'
  );
}

/** Whether something else is to keep off what it changes: it is being applied, checked or undone. */
export function isUnderWay({ state: { kind } }: RemedyRun): boolean {
  return kind === 'applying' || kind === 'applied' || kind === 'undoing';
}

/** Whether a file holds a run. */
export function isRun(value: unknown): value is RemedyRun {
  const { id, remedy, state, history, plan } = (value ?? {}) as Partial<RemedyRun>;
  return (
    typeof id === 'string' &&
    typeof remedy === 'string' &&
    typeof state === 'object' &&
    typeof plan === 'object' &&
    Array.isArray(history)
  );
}
