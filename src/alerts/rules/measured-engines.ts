/** Whether the engines that a rule is about are measured: what nobody looks for is not absent. */
import { engineKind, seriesOf, type Figures } from '../../monitor/index.js';
import type { CompiledRule } from './compile.js';
import type { Rule } from './rule.js';
import { textMatcher, type TextMatcher } from './selector.js';

/** The column that says that an engine answers. */
export const upColumn = seriesOf(engineKind).findIndex(({ name }) => name === 'sluice_engine_up');

/** Engines that a rule may be about. */
export function engineMatcher({ where }: Pick<Rule, 'where'>): TextMatcher {
  const source = where['engine'];
  return source === undefined ? () => true : textMatcher(source);
}

/** Whether one of them answered in the newest measurement, or need not: the engine itself is looked for. */
export function isMeasured(compiled: CompiledRule, figures: Pick<Figures, 'latest'>): boolean {
  if (compiled.kind.name === engineKind.name) return true;
  for (const { labels, figures: values } of figures.latest(engineKind.name))
    if (compiled.engineMatches(labels[0] ?? '') && values[upColumn] !== 0) return true;
  return false;
}
