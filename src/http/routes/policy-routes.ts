/**
 * `/v1/policies`, `/v1/operator-policies` and what of them is in effect. As in RabbitMQ a policymaker sets policies in
 * the virtual hosts that it may enter, and only an administrator operator policies.
 */
import { policyTargets, type PolicyReport } from '../../operations/index.js';
import { policyAnswer, policyEffectAnswer, policySettingAnswer } from '../api/answers.js';
import { listRoute, seenByVhost, viewsVhost } from '../api/list-route.js';
import { operationRoute } from '../api/operation-route.js';
import type { Route } from '../api/route.js';
import type { Caller } from '../caller.js';

const tag = 'policies';
const defaults = { applyTo: policyTargets[0], priority: 0 };

interface InVhost {
  readonly vhost: string;
}

function mayShape(caller: Caller, { vhost }: InVhost): void {
  caller.requirePolicyRight(vhost);
}

function mayLimit(caller: Caller): void {
  caller.requireTag('administer');
}

const rows = {
  ...{ tag, row: policyAnswer, allow: viewsVhost, sees: seenByVhost },
  text: ({ name }: PolicyReport): string => name,
  key: ({ vhost, name }: PolicyReport): string[] => [vhost, name],
  sorts: {
    name: ({ name }: PolicyReport): string => name,
    vhost: ({ vhost }: PolicyReport): string => vhost,
    priority: ({ priority }: PolicyReport): number => priority,
  },
};

export const policyRoutes: readonly Route[] = [
  listRoute<'policy.list', PolicyReport>('policy.list', {
    ...{ ...rows, path: '/v1/policies', summary: 'List policies' },
  }),
  operationRoute('policy.set', {
    ...{ method: 'PUT', path: '/v1/policies/{vhost}/{name}', summary: 'Set a policy', tag, defaults },
    answer: policySettingAnswer,
    allow: mayShape,
  }),
  operationRoute('policy.clear', {
    ...{ method: 'DELETE', path: '/v1/policies/{vhost}/{name}', summary: 'Remove a policy', tag },
    allow: mayShape,
  }),
  listRoute<'operator-policy.list', PolicyReport>('operator-policy.list', {
    ...{ ...rows, path: '/v1/operator-policies', summary: 'List operator policies' },
  }),
  operationRoute('operator-policy.set', {
    ...{ method: 'PUT', path: '/v1/operator-policies/{vhost}/{name}', tag, defaults },
    summary: 'Set an operator policy: limits beside every other policy',
    answer: policySettingAnswer,
    allow: mayLimit,
  }),
  operationRoute('operator-policy.clear', {
    ...{ method: 'DELETE', path: '/v1/operator-policies/{vhost}/{name}', tag },
    summary: 'Remove an operator policy',
    allow: mayLimit,
  }),
  operationRoute('policy.effect', {
    ...{ method: 'GET', path: '/v1/effective-policies/{vhost}/{kind}/{name}', tag },
    summary: 'Show which policies are in effect for a queue or an exchange',
    answer: policyEffectAnswer,
    allow: (caller, { vhost }) => {
      caller.requireView(vhost);
    },
  }),
];
