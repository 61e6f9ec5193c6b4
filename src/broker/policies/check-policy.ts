/** Whether a policy can be: RabbitMQ's conditions and, word for word where they are RabbitMQ's, its refusals. */
import { messageOf, SluiceError } from '../../kernel/index.js';
import { pairsText } from './erlang-text.js';
import { mirroringKeys, policyKeys } from './policy-keys.js';
import {
  makePolicy,
  policyTargets,
  type Policy,
  type PolicyDeclaration,
  type PolicyDefinition,
  type PolicyKind,
  type PolicyValue,
} from './policy.js';

/** Longest definition, as JSON. */
const definitionBytesMax = 64 * 1024;

/**
 * Makes the policy that is asked for. Throws `bad-input` with every reason against it, one a line, also as
 * `details.reasons`.
 */
export function checkPolicy(kind: PolicyKind, vhost: string, declaration: PolicyDeclaration): Policy {
  const reasons = [
    definitionFault(kind, declaration.definition),
    targetFault(declaration.applyTo),
    ...patternFault(declaration),
    Number.isFinite(declaration.priority) ? undefined : 'priority should be a finite number',
    nameFault(declaration.name),
  ].filter((reason) => reason !== undefined);
  if (reasons.length === 0) return makePolicy(kind, vhost, declaration);
  throw new SluiceError('bad-input', reasons.join('\n'), { details: { reasons } });
}

/** Keys of a definition that Sluice takes and that change nothing here. */
export function ignoredKeys(definition: PolicyDefinition): string[] {
  return Object.keys(definition).filter((name) => policyKeys.get(name)?.effect === 'none');
}

function nameFault(name: string): string | undefined {
  const bytes = Buffer.byteLength(name);
  return bytes >= 1 && bytes <= 255 ? undefined : 'the name of a policy has 1 to 255 bytes';
}

function targetFault(target: string): string | undefined {
  if ((policyTargets as readonly string[]).includes(target)) return undefined;
  return `apply-to '${target}' unrecognised; should be one of: 'queues', 'classic_queues', 'quorum_queues', 'streams', 'exchanges', or 'all'`;
}

function patternFault(declaration: PolicyDeclaration): string[] {
  try {
    makePolicy('policy', '', declaration);
    return [];
  } catch (error) {
    return [`pattern should be regular expression but is invalid: ${messageOf(error)}`];
  }
}

function definitionFault(kind: PolicyKind, definition: PolicyDefinition): string | undefined {
  const entries = Object.entries(definition).sort(([a], [b]) => (a < b ? -1 : 1));
  if (entries.length === 0) return 'no policy provided';
  if (Buffer.byteLength(JSON.stringify(definition)) > definitionBytesMax)
    return `the definition has more than ${definitionBytesMax} bytes`;
  const known = ([name]: [string, PolicyValue]): boolean => {
    const key = policyKeys.get(name);
    return key !== undefined && (kind === 'policy' || key.isLimit);
  };
  const unknown = entries.filter((entry) => !known(entry));
  for (const [name, value] of entries.filter(known)) {
    const fault = policyKeys.get(name)!.check(value);
    if (fault !== undefined) return fault;
  }
  if (unknown.length > 0) return `${pairsText(unknown)} are not recognised policy settings`;
  return mirroringFault(definition);
}

function mirroringFault(definition: PolicyDefinition): string | undefined {
  if (Object.hasOwn(definition, 'ha-mode') || !mirroringKeys.some((name) => Object.hasOwn(definition, name)))
    return undefined;
  return 'ha-mode must be specified to specify ha-params, ha-sync-mode or ha-promote-on-shutdown';
}
