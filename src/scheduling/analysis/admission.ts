/** Whether one more task may join those that are served: only when, with it, all still meet their deadlines. */
import { analyze, type Analysis, type AnalysisOptions } from './analyze.js';
import type { TaskInput } from './task.js';

/** The decision, with the analysis that it rests on. */
export type Admission =
  | { readonly kind: 'accepted'; readonly analysis: Analysis }
  | { readonly kind: 'refused'; readonly reason: string; readonly analysis: Analysis };

/**
 * Decides about `candidate` beside `existing`. What cannot be decided is refused, and the reason says so.
 * @throws SluiceError 'bad-input' when a task or option is wrong.
 */
export function admit(
  existing: readonly TaskInput[],
  candidate: TaskInput,
  options: AnalysisOptions = {},
): Admission {
  const analysis = analyze([...existing, candidate], { ...options, isBrief: true });
  if (analysis.schedulable) return { kind: 'accepted', analysis };
  return { kind: 'refused', reason: reasonFor(existing, candidate, analysis, options), analysis };
}

function reasonFor(
  existing: readonly TaskInput[],
  candidate: TaskInput,
  analysis: Analysis,
  options: AnalysisOptions,
): string {
  const isAloneToBlame =
    existing.length === 0 || analyze(existing, { ...options, isBrief: true }).schedulable;
  const late = analysis.tasks.filter(({ schedulable }) => !schedulable).map(({ name }) => name);
  const who = late.length === 0 ? 'deadlines' : `deadlines of ${late.slice(0, 5).join(', ')}`;
  const certainty = analysis.exact ? 'could be missed' : 'cannot be shown to be met';
  const before = isAloneToBlame ? '' : ' So it is already without it.';
  return `With ${candidate.name} the ${who} ${certainty}. ${analysis.cause}${before}`;
}
