/** What rules say over figures of a formula, from a second on: fast, because nothing is kept on the way. */
import { assert, FakeClock } from '../../kernel/index.js';
import { Evaluator, type EvaluatorOptions } from '../rules/evaluator.js';
import type { Transition } from '../rules/progress.js';
import { parseRule, type RuleDefinition } from '../rules/rule.js';
import { FormulaFigures } from './formula-figures.js';
import { scriptStart, type Script } from './scripted-figures.js';

export interface Judged {
  /** Seconds since the beginning. */
  readonly at: number;
  readonly rule: string;
  readonly transition: Transition;
  /** The last label of the object. */
  readonly name: string;
}

export interface JudgeOptions {
  /** Seconds since the script's start; 0 unless given. */
  readonly from?: number;
  readonly seconds: number;
  readonly everySeconds?: number;
  readonly isGone?: EvaluatorOptions['isGone'];
  /** The evaluator is made anew then, with what it stood at. */
  readonly restartAt?: number;
  /** Done before the evaluation of that second. */
  readonly onSecond?: (at: number, evaluator: Evaluator) => void;
}

/** What was told, but for what only began or was called off. A rule that could not be computed is a bug. */
export async function judge(
  definitions: readonly RuleDefinition[],
  script: Script,
  { from = 0, seconds, everySeconds = 5, isGone, restartAt, onSecond }: JudgeOptions,
): Promise<Judged[]> {
  const clock = new FakeClock((scriptStart + from) * 1_000);
  const figures = new FormulaFigures(script);
  const problems: string[] = [];
  const open = (): Evaluator => {
    const made = new Evaluator({
      ...{ figures, clock, pause: () => Promise.resolve(), intervalSeconds: everySeconds },
      ...(isGone === undefined ? {} : { isGone }),
      onProblem: (problem) => problems.push(problem),
    });
    made.setRules(definitions.map((each) => parseRule(each)));
    return made;
  };
  let evaluator = open();
  const told: Judged[] = [];
  for (let at = from; at <= from + seconds; at += everySeconds) {
    figures.measure(scriptStart + at);
    if (at === restartAt) evaluator = restarted(evaluator, open());
    onSecond?.(at, evaluator);
    for (const { compiled, labels, transition } of await evaluator.evaluate(scriptStart + at))
      if (transition !== 'pending' && transition !== 'cancelled')
        told.push({ at, rule: compiled.rule.name, transition, name: labels.at(-1)! });
    await evaluator.idle();
    clock.advance(everySeconds * 1_000);
  }
  assert(problems.length === 0, problems.join('; '));
  return told;
}

function restarted(before: Evaluator, after: Evaluator): Evaluator {
  for (const { compiled, labels, progress } of before.standings())
    after.restore(compiled.rule.name, [...labels], progress);
  return after;
}
