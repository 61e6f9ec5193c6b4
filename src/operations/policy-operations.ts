/**
 * Operations on policies and operator policies. Those who may set policies may not set operator policies: the
 * callers that ask for rights tell the two apart by the operation's name.
 */
import { z } from 'zod';
import {
  policyTargets,
  toPlain,
  type PlainValue,
  type PolicyDefinition,
  type PolicyEffect,
  type PolicyKind,
  type PolicyReport,
} from '../broker/index.js';
import { audited, ifChanged } from './audited.js';
import { givenName, vhostName } from './inputs.js';
import type { ServerOperation, Services } from './services.js';
import type { Counted } from './topology-operations.js';

/** What is in effect for a queue or an exchange; the arguments as JSON. */
export interface PolicyEffectRow extends Omit<PolicyEffect, 'arguments'> {
  readonly arguments: Readonly<Record<string, PlainValue>>;
}

const policyName = z.strictObject({ vhost: vhostName, name: givenName });
type PolicyName = z.infer<typeof policyName>;

const declaration = policyName.extend({
  pattern: z.string().max(8_192),
  applyTo: z.enum(policyTargets),
  priority: z.number(),
  definition: z.record(z.string(), z.json()),
});
type Declaration = z.infer<typeof declaration>;

/** What setting a policy did. */
export interface PolicySetting {
  /** False: it was there already, just so. */
  readonly changed: boolean;
  /** Keys of the definition that change nothing, as Sluice has no such thing. */
  readonly ignored: readonly string[];
}

const inVhost = z.strictObject({ vhost: vhostName.optional() });

type Listing = ServerOperation<z.infer<typeof inVhost>, Counted, readonly PolicyReport[]>;
type Setting = ServerOperation<Declaration, PolicySetting>;
type Clearing = ServerOperation<PolicyName, null>;

function listOf(kind: PolicyKind): Listing {
  return {
    input: inVhost,
    async run({ broker }, { vhost }, call) {
      const policies = broker.administration.policies.list(kind, vhost);
      if (policies.length > 0) await call.emit(policies);
      return { count: policies.length };
    },
  };
}

function settingOf(kind: PolicyKind): Setting {
  return audited(
    { event: 'policy-set', subject: (input) => subjectOf(kind, input), became: ifChanged },
    {
      input: declaration,
      async run(services, { vhost, ...given }) {
        const { policies } = services.broker.administration;
        const definition: PolicyDefinition = given.definition;
        const { changed } = policies.set(kind, vhost, { ...given, definition });
        await followed(services, vhost);
        return { changed, ignored: policies.ignoredKeys(definition) };
      },
    },
  );
}

function clearingOf(kind: PolicyKind): Clearing {
  return audited(
    { event: 'policy-cleared', subject: (input) => subjectOf(kind, input) },
    {
      input: policyName,
      async run(services, { vhost, name }) {
        services.broker.administration.policies.clear(kind, vhost, name);
        await followed(services, vhost);
        return null;
      },
    },
  );
}

/** Resolves when the change is durable and every queue and exchange follows it. */
async function followed({ broker }: Services, vhost: string): Promise<void> {
  await broker.administration.policies.settled(vhost);
  await broker.administration.durable();
}

function subjectOf(kind: PolicyKind, { vhost, name }: PolicyName): string {
  return `${kind.replace('-', ' ')} '${name}' in vhost '${vhost}'`;
}

export const policyList = listOf('policy');
export const policySet = settingOf('policy');
export const policyClear = clearingOf('policy');
export const operatorPolicyList = listOf('operator-policy');
export const operatorPolicySet = settingOf('operator-policy');
export const operatorPolicyClear = clearingOf('operator-policy');

const target = z.strictObject({ kind: z.enum(['queue', 'exchange']), vhost: vhostName, name: z.string() });

export const policyEffect: ServerOperation<z.infer<typeof target>, PolicyEffectRow> = {
  input: target,
  run: ({ broker }, input) => {
    const effect = broker.administration.policies.effectOn(input);
    return Promise.resolve({ ...effect, arguments: toPlain(effect.arguments) });
  },
};
