/** The rules that come with Sluice as docs/alerts.md shows them; a test holds the page to it. */
import { conditionText } from '../wording.js';
import { compileRule } from '../rules/compile.js';
import { defaultRules } from '../rules/default-rules.js';
import { durationText } from '../rules/durations.js';
import { parseRule } from '../rules/rule.js';

/** One section a rule. */
export function rulesText(): string {
  return defaultRules
    .map(({ name, help, definition }) => {
      const rule = parseRule(definition);
      const compiled = compileRule(rule);
      const guards = rule.while.map(
        ({ metric, above, below }) =>
          `\`${metric}\` ${above === undefined ? 'below' : 'above'} ${above ?? below ?? 0}`,
      );
      const left = Object.entries(rule.except).map(
        ([label, source]) => `whose \`${label}\` is \`${source}\``,
      );
      const clear = 'clear' in rule && rule.clear !== undefined ? ` It is over at ${rule.clear}.` : '';
      return [
        `### ${name}`,
        '',
        help,
        '',
        `- Of each \`${rule.of}\`, ${rule.severity}: ${conditionText(rule, compiled?.unit ?? 'count')}.${clear}`,
        ...(left.length === 0 ? [] : [`- Not of those ${left.join(' or ')}.`]),
        ...(guards.length === 0 ? [] : [`- While ${guards.join(' and ')}.`]),
        `- Ends when it is known to be over for ${durationText(rule.clearFor)}.`,
        '',
      ].join('\n');
    })
    .join('\n');
}
