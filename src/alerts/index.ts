/** Rules, incidents, diagnosis, remedies and notification. It sees figures through `monitor`, engines through their port. */
export type * from './types.js';
export { Alerts, type AlertsOptions } from './alerts.js';
export type { AlertCounts } from './alert-counts.js';
export type { Diagnose } from './incidents/causes.js';
export type { SilenceRequest } from './incidents/silence-book.js';
export { configuredRules, type BookedRule } from './rule-book.js';
export { alertSettings, alertShape, type AlertSettings } from './settings.js';
export {
  backtest,
  type Backtest,
  type BacktestOptions,
  type ReplayedObject,
  type Spell,
} from './rules/backtest.js';
export type { RuleTrial, TriedObject, Verdict } from './rules/trial.js';
export { alertsInChinese } from './chinese.js';
export { figureText } from './wording.js';
export { remedyLine } from './remedy-line.js';
export { parseRule, ruleSchema, type Rule, type RuleDefinition, type RuleKind } from './rules/rule.js';
export { defaultRules, type DefaultRule } from './rules/default-rules.js';
export * from './notify/index.js';
export * from './remedies/index.js';
export { notifyOfIncidents } from './notify-of-incidents.js';
export * from './diagnosis/index.js';
export * from './report/index.js';
export { defaultTriggers } from './zabbix/default-triggers.js';
export { ruleTriggers, type ExplainedRule, type RuleTriggers } from './zabbix/rule-triggers.js';
export { AlertSource } from './alert-source.js';
export {
  defaultExportedRules,
  exportedGroups,
  ruleFileNames,
  ruleFilePieces,
  ruleFiles,
  rulesText,
  type RuleFile,
} from './prometheus/rule-files.js';
export type { ExportedRule, GroupOptions } from './prometheus/rule-groups.js';
