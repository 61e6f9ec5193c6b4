/** Whether a run has worked by now. Invariant: what is unknown never counts as worked. */
import type { Figures } from '../../monitor/index.js';
import type { Truth } from '../diagnosis/index.js';
import type { Subject } from '../types.js';
import type { RemedyActions } from './actions.js';
import { remedyNamed } from './catalogue.js';
import type { RemedyRun, RunState } from './remedy-run.js';

export interface Sight {
  readonly nowMs: number;
  readonly actions: RemedyActions;
  readonly figures: Figures | undefined;
  readonly isMended: (signature: string, subject: Subject) => Truth;
}

/** What a run becomes. */
export interface Progress {
  readonly state: RunState;
  readonly text: string;
  /** Its check failed, and did not merely tell nothing. */
  readonly isKnownFailure: boolean;
}

/** What has to hold of a run. */
export function checkOf(run: RemedyRun): {
  readonly text: string;
  readonly withinSeconds: number;
  readonly settleSeconds?: number;
} {
  return run.check ?? remedyNamed(run.remedy).check;
}

/** A check as people read it. */
export function checkText({ text, withinSeconds, settleSeconds = 0 }: ReturnType<typeof checkOf>): string {
  const from = settleSeconds === 0 ? '' : ` after ${settleSeconds} s and`;
  return `${text} Looked at${from} within ${withinSeconds} s.`;
}

/** What a run becomes now; undefined: it stays as it is. */
export async function progressOf(run: RemedyRun, sight: Sight): Promise<Progress | undefined> {
  const { nowMs } = sight;
  if (run.state.kind === 'asked') {
    if (run.state.untilMs > nowMs) return undefined;
    const why = 'nobody approved it in time';
    return {
      ...{ state: { kind: 'refused', atMs: nowMs, why }, text: `Lapsed: ${why}.` },
      isKnownFailure: false,
    };
  }
  if (run.state.kind !== 'applied') return undefined;
  const { text, settleSeconds = 0 } = checkOf(run);
  const truth = await truthOf(run, run.state.sinceMs, sight);
  if (truth === true && nowMs - run.state.sinceMs >= settleSeconds * 1_000) {
    const state: RunState = { kind: 'done', atMs: nowMs, proven: true, why: text };
    return { state, text: `It worked: ${text}`, isKnownFailure: false };
  }
  if (nowMs < run.state.checkUntilMs) return undefined;
  const why = truth === false ? `it does not hold: ${text}` : `it cannot be told whether it holds: ${text}`;
  const state: RunState = { kind: 'in-vain', atMs: nowMs, why };
  return { state, text: `It did not help: ${why}`, isKnownFailure: truth === false };
}

/** Only figures that were measured after it was applied tell anything. */
async function truthOf(run: RemedyRun, sinceMs: number, sight: Sight): Promise<Truth> {
  const { actions, isMended, nowMs } = sight;
  const isFresh = sight.figures?.second !== undefined && sight.figures.second * 1_000 > sinceMs;
  if (run.check !== undefined) return isFresh ? isMended(run.check.signature, run.check.subject) : undefined;
  const { id, plan, before, after } = run;
  const figures = isFresh ? sight.figures : undefined;
  const secondsSince = (nowMs - sinceMs) / 1_000;
  return remedyNamed(run.remedy).check.holds({ id, plan, before, after, actions, figures, secondsSince });
}
