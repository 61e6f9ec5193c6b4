/** The rules that come with Sluice, as triggers of the Zabbix template. */
import { defaultRules } from '../rules/default-rules.js';
import { parseRule } from '../rules/rule.js';
import { ruleTriggers, type RuleTriggers } from './rule-triggers.js';

/** Made anew at each call: an export is rare. */
export function defaultTriggers(): RuleTriggers {
  return ruleTriggers(defaultRules.map(({ definition, help }) => ({ rule: parseRule(definition), help })));
}
