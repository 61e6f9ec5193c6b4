/**
 * The files of `sluice export prometheus`: rules, cases that hold them to Sluice's own judgement, and how Prometheus is to
 * scrape for them. Invariant: what the rules leave out stands at their head, with the reason.
 */
import { stringify } from 'yaml';
import { defaultRules } from '../rules/default-rules.js';
import { parseRule } from '../rules/rule.js';
import { findRuleCases, type RuleCase } from './rule-cases.js';
import { ruleGroups, type ExportedRule, type GroupOptions, type RuleGroups } from './rule-groups.js';

/** Names of the files. */
export const ruleFileNames = {
  rules: 'sluice.rules.yml',
  cases: 'sluice.rules.test.yml',
  scrape: 'sluice.scrape.yml',
} as const;

export interface RuleFile {
  readonly name: (typeof ruleFileNames)[keyof typeof ruleFileNames];
  readonly text: string;
}

/** What Prometheus should know besides: figures that are shown and are not of now. */
const aboutMeasuring: ExportedRule = {
  rule: parseRule({
    ...{ name: 'figures-old', of: 'measurement', metric: 'sluice_measurement_age_seconds', above: 60 },
    for: '1m',
    summary: 'What is measured from {source} is {value} old',
  }),
  help: 'Figures are shown that are not of now: what they are measured from cannot be measured.',
};

/** The rules that come with Sluice. */
export function defaultExportedRules(): readonly ExportedRule[] {
  return defaultRules.map(({ definition, help }) => ({ rule: parseRule(definition), help }));
}

/** The rules as groups, with those that are about measuring itself. */
export function exportedGroups(rules: readonly ExportedRule[], options: GroupOptions = {}): RuleGroups {
  const isNew = rules.every(({ rule }) => rule.name !== aboutMeasuring.rule.name);
  return ruleGroups(isNew ? [...rules, aboutMeasuring] : rules, options);
}

/** The rules as one file, which Prometheus reads under `rule_files`. */
export function rulesText({ groups, leftOut }: Pick<RuleGroups, 'groups' | 'leftOut'>): string {
  const head = [
    'Recording and alerting rules, made from the alert rules of Sluice by: sluice export prometheus',
    'Rules about single queues and consumers need a scrape of /metrics?per=queue,consumer&buckets=yes.',
    ...leftOut.map(({ rule, reason }) => `Left out: ${rule}: ${reason}.`),
  ];
  return `${commented(head)}${yamlOf({ groups })}`;
}

/** All files. */
export function ruleFiles(rules: readonly ExportedRule[], options: GroupOptions = {}): readonly RuleFile[] {
  return Object.values(ruleFileNames).map((name) => ({
    name,
    text: [...ruleFilePieces(name, rules, options)].join(''),
  }));
}

/** The text of one file in pieces, some of them empty: each takes a few milliseconds to make. */
export function* ruleFilePieces(
  name: RuleFile['name'],
  rules: readonly ExportedRule[],
  options: GroupOptions = {},
): Generator<string, void, undefined> {
  if (name === ruleFileNames.scrape) yield scrapeText;
  else if (name === ruleFileNames.rules) yield rulesText(exportedGroups(rules, options));
  else yield* casePieces(exportedGroups(rules, options).said, options);
}

function* casePieces(
  rules: readonly ExportedRule[],
  options: GroupOptions,
): Generator<string, void, undefined> {
  const finding = findRuleCases(rules, options);
  let found = finding.next();
  for (; found.done !== true; found = finding.next()) yield '';
  const { cases, untested } = found.value;
  yield commented([
    `Cases of ${ruleFileNames.rules}; run them with: promtool test rules ${ruleFileNames.cases}`,
    ...untested.map((rule) => `No figures were found for both sides of: ${rule}.`),
  ]);
  yield yamlOf({ rule_files: [ruleFileNames.rules], evaluation_interval: '30s' });
  yield cases.length === 0 ? 'tests: []\n' : testsHead;
  for (const each of cases) yield caseText(each);
}

const testsHead = 'tests:\n';

function caseText(ruleCase: RuleCase): string {
  return yamlOf({ tests: [ruleCase] }).slice(testsHead.length);
}

const scrapeText = `# To be put into prometheus.yml.
rule_files: [${ruleFileNames.rules}]
scrape_configs:
  - job_name: sluice
    # Each queue and consumer by itself, which rules about them need.
    params: { per: ['queue,consumer'], buckets: ['yes'] }
    static_configs: [{ targets: ['localhost:15672'] }]
    # From another machine, as a user who may look: sluice user add prometheus --tag monitoring
    # basic_auth: { username: prometheus, password_file: sluice.password }
`;

function commented(lines: readonly string[]): string {
  return lines.map((line) => `# ${line.replaceAll('\n', ' ')}\n`).join('');
}

function yamlOf(document: unknown): string {
  return stringify(document, { lineWidth: 0, aliasDuplicateObjects: false });
}
