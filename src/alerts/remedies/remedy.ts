/**
 * What a remedy is: what it takes, what it would do, how it is done, undone and checked. Invariant: a preview changes
 * nothing and decides everything: `apply` and `undo` need no more than its plan, which is plain data.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { SluiceError } from '../../kernel/index.js';
import type { Figures } from '../../monitor/index.js';
import type { Truth } from '../diagnosis/index.js';
import type { RemedyActions } from './actions.js';

/** What counts as the same object at `apply` as at `preview`, and all that applying and undoing need. */
export type Plan = Readonly<Record<string, unknown>>;
export type Parameters = Readonly<Record<string, unknown>>;

/** What a preview found. */
export interface Draft<OwnPlan> {
  /** All of them, also those that were left to the remedy. */
  readonly parameters: Parameters;
  readonly plan: OwnPlan;
  /** What would happen, with counts. */
  readonly effects: readonly string[];
  /** What cannot be known before. */
  readonly unknown: readonly string[];
}

/** It cannot or must not be applied, and why; what a person may do instead. */
export interface Refusal {
  readonly refusal: string;
}

/** Counts that a check compares with; what is not known is absent. */
export type Measured = Readonly<Record<string, number>>;

/** What a check sees. */
export interface CheckSight<OwnPlan> {
  readonly plan: OwnPlan;
  /** The id of the run. */
  readonly id: string;
  readonly actions: RemedyActions;
  /** Measured after it was applied; undefined: nothing has been yet. */
  readonly figures: Figures | undefined;
  /** What `measure` gave before and after it was applied; undefined: a crash came between. */
  readonly before: Measured | undefined;
  readonly after: Measured | undefined;
  readonly secondsSince: number;
}

/** Whether it worked: true once the condition held; undefined: it cannot be told. */
export interface Check<OwnPlan> {
  readonly text: string;
  readonly withinSeconds: number;
  /** What holds earlier proves nothing yet. */
  readonly settleSeconds?: number;
  readonly holds: (sight: CheckSight<OwnPlan>) => Truth | Promise<Truth>;
}

export interface RemedyContext {
  readonly actions: RemedyActions;
  /** Names what it makes: policies, limits. */
  readonly id: string;
  /** Why, for those who are told. */
  readonly reason: string;
  /** Unix ms. */
  readonly nowMs: number;
}

export interface Remedy<Given, OwnPlan> {
  readonly name: string;
  readonly title: string;
  readonly parameters: z.ZodType<Given>;
  /** What it changes, in words: two are never applied to the same at once. */
  readonly objectOf: (plan: OwnPlan) => string;
  /** What its check compares with. */
  readonly measure?: (actions: RemedyActions, plan: OwnPlan) => Measured;
  /** What of it a restart of the server leaves: all of it, what Sluice does again, or nothing. */
  readonly afterRestart: 'stays' | 'applied-again' | 'gone';
  readonly preview: (actions: RemedyActions, given: Given) => Promise<Draft<OwnPlan> | Refusal>;
  /** Says what was done. Safe to call again after a crash. */
  readonly apply: (context: RemedyContext, plan: OwnPlan) => Promise<string>;
  /** Says what was done; undefined: it cannot be undone. Safe to call again. */
  readonly undo?: (context: RemedyContext, plan: OwnPlan) => Promise<string>;
  /** Whether it is in force, after a crash in between; undefined: it cannot be told. */
  readonly stands: (context: RemedyContext, plan: OwnPlan) => Promise<boolean | undefined>;
  readonly check: Check<OwnPlan>;
}

/** A remedy whose types are its own affair. */
export interface AnyRemedy extends Omit<
  Remedy<never, never>,
  'preview' | 'apply' | 'undo' | 'stands' | 'check' | 'parameters' | 'objectOf' | 'measure'
> {
  readonly parameters: z.ZodType;
  readonly objectOf: (plan: Plan) => string;
  readonly measure?: (actions: RemedyActions, plan: Plan) => Measured;
  readonly preview: (actions: RemedyActions, given: unknown) => Promise<Draft<Plan> | Refusal>;
  readonly apply: (context: RemedyContext, plan: Plan) => Promise<string>;
  readonly undo?: (context: RemedyContext, plan: Plan) => Promise<string>;
  readonly stands: (context: RemedyContext, plan: Plan) => Promise<boolean | undefined>;
  readonly check: Check<Plan>;
}

/** Puts a remedy among others. The one place where its types are given up: what it gets is what it gave. */
export function defineRemedy<Given, OwnPlan extends object>(remedy: Remedy<Given, OwnPlan>): AnyRemedy {
  return remedy as unknown as AnyRemedy;
}

/** Checks parameters. Throws `bad-input` with everything that is wrong. */
export function parseParameters(remedy: AnyRemedy, given: Parameters): unknown {
  const parsed = remedy.parameters.safeParse(given);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) =>
    path.length === 0 ? message : `${path.map(String).join('.')}: ${message}`,
  );
  throw new SluiceError('bad-input', `${remedy.name}: ${problems.join('; ')}`, { details: { problems } });
}

/** Stands for what a preview has seen: another token, and something has changed. */
export function tokenOf(remedy: string, plan: Plan): string {
  return createHash('sha256')
    .update(JSON.stringify([remedy, plan]))
    .digest('base64url')
    .slice(0, 22);
}
