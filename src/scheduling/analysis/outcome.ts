/** What a test of schedulability tells: the verdict, each task's worst response, and the fact that decided. */
import type { Job } from './simulation.js';
import type { Overdemand } from './edf-demand.js';
import type { Policy } from './task.js';

/** Every test, with how it is called in a sentence. */
export const testTitles = {
  'response-time': 'response-time analysis',
  'response-time-non-preemptive': 'non-preemptive response-time analysis',
  'edf-demand': 'processor demand (QPA)',
  'edf-demand-non-preemptive': 'non-preemptive processor demand (QPA)',
  'hold-back-simulation': 'simulation of hold-back dispatch over a hyperperiod',
  hyperbolic: 'hyperbolic bound',
  'global-density': 'density bound (GFB)',
  'global-response': 'windows of interference, preemptive',
  'global-response-non-preemptive': 'windows of interference, non-preemptive',
  partitioned: 'first-fit decreasing, each worker on its own',
} as const;

export type TestName = keyof typeof testTitles;

/** How the workers serve. */
export interface Setup {
  readonly policy: Policy;
  readonly workers: number;
  readonly isPreemptive: boolean;
  readonly isHoldBack: boolean;
  /** Each task belongs to one worker, in place of one queue for all. */
  readonly isPartitioned: boolean;
}

/** The fact that decided. Tasks are told by index. */
export type Finding =
  /** Together they ask for more than there is. */
  | { readonly kind: 'overload'; readonly workers: number }
  /** A task is late even alone. */
  | { readonly kind: 'late-alone'; readonly task: number }
  /** A task whose response passes its deadline, without bound or too far to be computed. */
  | { readonly kind: 'late'; readonly task: number }
  /** The task nearest to its deadline, or furthest past it. */
  | { readonly kind: 'response'; readonly task: number; readonly detail: ResponseDetail | undefined }
  /** More work is due by a moment than there is time. */
  | ({ readonly kind: 'overdemand' } & Overdemand)
  /** A job that was late in the simulation. */
  | { readonly kind: 'miss'; readonly job: Job; readonly endedAt: number | undefined }
  | { readonly kind: 'density'; readonly density: number; readonly limit: number }
  /** No window shows that the task starts in time. */
  | { readonly kind: 'no-window'; readonly task: number }
  /** No worker has room for the task. */
  | { readonly kind: 'unplaced'; readonly task: number }
  | { readonly kind: 'bound' }
  | { readonly kind: 'inconclusive'; readonly because: string };

/** What a response under fixed priorities consists of. */
export interface ResponseDetail {
  readonly blocking: number;
  readonly blocker: string | undefined;
  /** Which job since the worker was last idle, from 0. */
  readonly job: number;
  /** More urgent tasks and how many of their jobs go before. */
  readonly interference: readonly { readonly task: number; readonly jobs: number }[];
}

/** The verdict for one task. */
export interface TaskOutcome {
  readonly isSchedulable: boolean;
  /** `undefined`: without bound, or not computed. */
  readonly response: number | undefined;
}

/** The verdict of one test. */
export interface Outcome {
  readonly test: TestName;
  /** Whether a refusal by this test means that a deadline can be missed. */
  readonly isExact: boolean;
  readonly isSchedulable: boolean;
  readonly tasks: readonly TaskOutcome[];
  readonly finding: Finding;
  /** Of each worker, its tasks; for partitioned workers. */
  readonly partition?: readonly (readonly number[])[];
}
