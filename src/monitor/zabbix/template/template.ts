/**
 * The Zabbix template as data, in the export format of Zabbix 6.0, which later releases import too. It is made from the
 * catalogue of metrics. Invariant: it is the same from run to run, as an import finds by UUID what it changes.
 */
import { discoveryRules } from './discovery.js';
import { templateNames, type ExportNode, type Transport } from './export-node.js';
import { dashboard, hostGraphs } from './graphs.js';
import { hostItems } from './items.js';
import { stableUuid } from './stable-uuid.js';
import { ownTriggers, type TriggerPlan } from './trigger-plan.js';

const group = 'Templates/Applications';
/** Zabbix knows the group that it comes with by this one. */
const groupUuid = 'a571c0d144b14fd4a87a9d9b2aa9fcd6';

const descriptions: Readonly<Record<Transport, string>> = {
  http: 'Zabbix asks Sluice for its figures. Set {$SLUICE.URL}, {$SLUICE.USER} and {$SLUICE.PASSWORD}: a user who may monitor.',
  trapper:
    'Sluice sends its figures to Zabbix. Set "zabbix" in sluice.yaml; the host there is the name of the host that has this template.',
};

function macro(name: string, value: string, description: string): Record<string, ExportNode> {
  return { macro: `{$${name}}`, value, description };
}

const askingMacros: readonly ExportNode[] = [
  macro(
    'SLUICE.URL',
    'http://localhost:15672',
    'Where the HTTP port of Sluice is, as the Zabbix server sees it.',
  ),
  macro('SLUICE.USER', 'guest', 'A user with the tag "monitoring".'),
  { ...macro('SLUICE.PASSWORD', '', 'The password of the user.'), type: 'SECRET_TEXT' },
  macro('SLUICE.INTERVAL', '30s', 'How often Zabbix asks.'),
];

const filterMacros: readonly ExportNode[] = [
  macro('SLUICE.QUEUE.MATCHES', '.*', 'A regular expression: queues that are watched.'),
  macro('SLUICE.QUEUE.NOT_MATCHES', '^amq\\.gen-', 'A regular expression: queues that are not.'),
  macro('SLUICE.TASK.MATCHES', '.*', 'A regular expression: tasks that are watched.'),
  macro('SLUICE.TASK.NOT_MATCHES', 'CHANGE_IF_NEEDED', 'A regular expression: tasks that are not.'),
];

function macros(transport: Transport, plans: readonly TriggerPlan[]): readonly ExportNode[] {
  const thresholds = plans
    .flatMap((plan) => plan.thresholds)
    .map(({ macro: name, value, description }) => macro(name, value, description));
  const stale = macro('SLUICE.STALE', '5m', 'How long nothing new may come.');
  return [...(transport === 'http' ? askingMacros : []), stale, ...filterMacros, ...thresholds];
}

function templateOf(transport: Transport, plans: readonly TriggerPlan[]): ExportNode {
  const name = templateNames[transport];
  return {
    uuid: stableUuid(`template ${transport}`),
    template: name,
    name,
    description: descriptions[transport],
    groups: [{ name: group }],
    items: hostItems(transport),
    discovery_rules: discoveryRules(transport, plans),
    tags: [
      { tag: 'class', value: 'software' },
      { tag: 'target', value: 'sluice' },
    ],
    macros: macros(transport, plans),
    dashboards: [dashboard(transport)],
    valuemaps: [
      {
        uuid: stableUuid(`${transport} value map yes or no`),
        name: 'Sluice yes or no',
        mappings: [
          { value: '0', newvalue: 'No' },
          { value: '1', newvalue: 'Yes' },
        ],
      },
    ],
  };
}

/**
 * Both templates in one document: that for asking, and that for values which Sluice sends. `triggers` are made of rules;
 * what no rule speaks of is there besides.
 */
export function zabbixExport(triggers: readonly TriggerPlan[]): ExportNode {
  const plans = [...triggers, ...ownTriggers];
  const transports: readonly Transport[] = ['http', 'trapper'];
  return {
    zabbix_export: {
      version: '6.0',
      groups: [{ uuid: groupUuid, name: group }],
      templates: transports.map((transport) => templateOf(transport, plans)),
      graphs: transports.flatMap(hostGraphs),
    },
  };
}
