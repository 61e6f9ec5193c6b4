/**
 * `/api/policies`, for policymakers of a virtual host, and `/api/operator-policies`, which administrators alone change:
 * who is limited by one must not lift it.
 */
import { SluiceError } from '../../../kernel/index.js';
import type { OperationInput, PolicyReport } from '../../../operations/index.js';
import { runOperation } from '../../api/operation-route.js';
import { answerList, type Listing } from '../answer-list.js';
import type { Item } from '../columns.js';
import { missing } from '../fields.js';
import { found, refuseUnknownVhost, requireVhost, rowsOf, seenBy } from '../operation.js';
import {
  administers,
  anyone,
  createdIf,
  done,
  get,
  json,
  put,
  remove,
  viewsVhost,
  type Allowance,
  type RabbitAnswer,
  type RabbitRoute,
  type Visit,
} from '../rabbit-route.js';

type Kind = 'operator-policy' | 'policy';

const makesPolicies: Allowance = (visit) => {
  refuseUnknownVhost(visit);
  visit.caller.requirePolicyRight(visit.vhost);
};

const policyItem = (policy: PolicyReport): Item => ({
  vhost: policy.vhost,
  name: policy.name,
  pattern: policy.pattern,
  'apply-to': policy.applyTo,
  definition: policy.definition,
  priority: policy.priority,
});

const listing = (rows: readonly PolicyReport[]): Listing<PolicyReport> => ({
  rows: [rows],
  name: ({ name }) => name,
  order: ({ vhost, name }) => [vhost, name],
  item: policyItem,
  isPaged: false,
});

const policiesOf = (visit: Visit, kind: Kind, vhost?: string): Promise<PolicyReport[]> =>
  rowsOf<PolicyReport>(visit, `${kind}.list`, { vhost });

async function findPolicy(visit: Visit, kind: Kind): Promise<PolicyReport | undefined> {
  const rows = await policiesOf(visit, kind, visit.vhost);
  return rows.find(({ name }) => name === visit.path('name'));
}

async function putPolicy(visit: Visit, kind: Kind): Promise<RabbitAnswer> {
  const { call, fields, vhost } = visit;
  if (!fields.has('definition')) throw missing('definition');
  await requireVhost(visit);
  const stood = await findPolicy(visit, kind);
  const policy: OperationInput<'policy.set'> = {
    vhost,
    name: visit.path('name'),
    pattern: fields.requiredText('pattern'),
    // The operation refuses what is none of its targets.
    applyTo: (fields.text('apply-to') ?? 'all') as OperationInput<'policy.set'>['applyTo'],
    priority: fields.integer('priority') ?? 0,
    definition: fields.table('definition') as OperationInput<'policy.set'>['definition'],
  };
  await validated(() => runOperation(call, `${kind}.set`, policy));
  return createdIf(stood === undefined);
}

/** As RabbitMQ begins what it says of a policy that cannot be. */
async function validated<Result>(set: () => Promise<Result>): Promise<Result> {
  try {
    return await set();
  } catch (error) {
    if (!(error instanceof SluiceError) || error.code !== 'bad-input') throw error;
    throw new SluiceError('bad-input', `Validation failed\n\n${error.message}\n`, { cause: error });
  }
}

async function deletePolicy(visit: Visit, kind: Kind): Promise<RabbitAnswer> {
  const { vhost, name } = found(await findPolicy(visit, kind));
  await runOperation(visit.call, `${kind}.clear`, { vhost, name });
  return done;
}

function routesOf(path: string, kind: Kind, mayChange: Allowance): RabbitRoute[] {
  return [
    get(path, anyone, async (visit) =>
      answerList(visit, listing((await policiesOf(visit, kind)).filter(seenBy(visit.caller)))),
    ),
    get(`${path}/{vhost}`, viewsVhost, async (visit) =>
      answerList(visit, listing(await policiesOf(visit, kind, visit.vhost))),
    ),
    get(`${path}/{vhost}/{name}`, viewsVhost, async (visit) =>
      json(policyItem(found(await findPolicy(visit, kind)))),
    ),
    put(`${path}/{vhost}/{name}`, mayChange, (visit) => putPolicy(visit, kind)),
    remove(`${path}/{vhost}/{name}`, mayChange, (visit) => deletePolicy(visit, kind)),
  ];
}

export const policyRoutes: readonly RabbitRoute[] = [
  ...routesOf('/policies', 'policy', makesPolicies),
  ...routesOf('/operator-policies', 'operator-policy', administers),
];
