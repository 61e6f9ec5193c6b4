/** The discovery rules of the template: for each kind, what is made of an object that Sluice tells of. */
import type { ItemKind } from '../item-series.js';
import { itemKinds } from '../item-series.js';
import { labelMacro } from '../object-rows.js';
import {
  hostKeys,
  objectPrefix,
  tagsOf,
  templateNames,
  type ExportNode,
  type Transport,
} from './export-node.js';
import { graphPrototypes } from './graphs.js';
import { itemPrototype } from './items.js';
import { stableUuid } from './stable-uuid.js';
import { writtenExpression, type TriggerPlan } from './trigger-plan.js';

/** Of kinds that there may be too many of, those that are wanted. */
const filtered: Readonly<Record<string, string>> = { queue: 'QUEUE', task: 'TASK' };

function filterOf(kind: string): Record<string, ExportNode> {
  const name = filtered[kind];
  if (name === undefined) return {};
  const condition = { macro: '{#TITLE}' };
  return {
    filter: {
      evaltype: 'AND',
      conditions: [
        { ...condition, value: `{$SLUICE.${name}.MATCHES}`, formulaid: 'A' },
        {
          ...condition,
          value: `{$SLUICE.${name}.NOT_MATCHES}`,
          operator: 'NOT_MATCHES_REGEX',
          formulaid: 'B',
        },
      ],
    },
  };
}

function triggerPrototype(transport: Transport, plan: TriggerPlan): ExportNode {
  const { kind, id, name, severity, description, recovery } = plan;
  return {
    uuid: stableUuid(`${transport} trigger ${kind} ${id}`),
    expression: writtenExpression(plan.expression, templateNames[transport]),
    ...(recovery === undefined
      ? {}
      : {
          recovery_mode: 'RECOVERY_EXPRESSION',
          recovery_expression: writtenExpression(recovery, templateNames[transport]),
        }),
    name: `${objectPrefix(kind)}: ${name}`,
    priority: severity,
    description,
    opdata: '{ITEM.LASTVALUE1}',
    tags: tagsOf({ component: kind, rule: id }),
  };
}

function sourceOf(transport: Transport, kind: string): Record<string, ExportNode> {
  if (transport === 'trapper') return { type: 'TRAP', delay: '0' };
  return {
    type: 'DEPENDENT',
    delay: '0',
    master_item: { key: hostKeys.figures },
    preprocessing: [
      {
        type: 'JSONPATH',
        parameters: [`$.${kind}.*.object`],
        error_handler: 'CUSTOM_VALUE',
        error_handler_params: '[]',
      },
    ],
  };
}

function discoveryRule(transport: Transport, each: ItemKind, plans: readonly TriggerPlan[]): ExportNode {
  const { kind, items, discoveryKey } = each;
  const title = kind.name.replaceAll('_', ' ');
  return {
    uuid: stableUuid(`${transport} discovery ${kind.name}`),
    name: `Sluice: discovery of each ${title}`,
    ...sourceOf(transport, kind.name),
    key: discoveryKey,
    ...filterOf(kind.name),
    lifetime: '7d',
    description: `Makes items, triggers and graphs for each ${title}, with the macros {#ID}, {#TITLE}, ${kind.labels.map(labelMacro).join(', ')}.`,
    item_prototypes: items.map((item) => itemPrototype(transport, each, item)),
    ...optionally(
      'trigger_prototypes',
      plans.filter((plan) => plan.kind === kind.name).map((plan) => triggerPrototype(transport, plan)),
    ),
    ...optionally('graph_prototypes', graphPrototypes(transport, kind.name)),
  };
}

function optionally(name: string, nodes: readonly ExportNode[]): Record<string, ExportNode> {
  return nodes.length === 0 ? {} : { [name]: nodes };
}

/** One rule for each kind. */
export function discoveryRules(transport: Transport, plans: readonly TriggerPlan[]): readonly ExportNode[] {
  return itemKinds.map((each) => discoveryRule(transport, each, plans));
}
