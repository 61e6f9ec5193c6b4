/** Sets and clears policies at random: those that shorten queues which may lose messages, and harmless ones for all. */
import { policyKinds, policyTargets, type PolicyDeclaration } from '../../src/broker/index.js';
import type { Random } from '../../src/kernel/index.js';
import type { World } from './world.js';

const names = ['a', 'b', 'c'];
const shortening = ['^short$', '^(keyed-)?short$', '^(short|narrow)$', '^keyed-s'];

function pick<T>(random: Random, choices: readonly T[]): T {
  return choices[random.integer(choices.length)]!;
}

export function changePolicies({ broker, ledger }: World, random: Random): void {
  const { policies } = broker.administration;
  const kind = pick(random, policyKinds);
  const name = pick(random, names);
  if (ledger.policies.has(kind, name) && random.integer(3) === 0) {
    const { sequence } = policies.clear(kind, '/', name);
    ledger.policies.changed({ kind, name, declaration: undefined, sequence });
    return;
  }
  const isShortening = random.integer(2) === 0;
  const length = { 'max-length': 1 + random.integer(60) };
  const harmless = kind === 'policy' ? { 'consumer-timeout': 1e12 } : { 'max-length': 1e12 };
  const declaration: PolicyDeclaration = {
    name,
    pattern: isShortening ? pick(random, shortening) : pick(random, ['', 'd$', '^[k-s]']),
    applyTo: pick(random, policyTargets),
    priority: random.integer(3),
    definition: isShortening ? length : harmless,
  };
  const { sequence } = policies.set(kind, '/', declaration);
  ledger.policies.changed({ kind, name, declaration, sequence });
}

/** Every queue has the policies that it must have. */
export function checkPolicies({ broker, ledger }: World): void {
  for (const queue of broker.administration.listQueues('/')) {
    const fault = ledger.policies.faultOf(queue);
    if (fault !== undefined) ledger.report(fault);
  }
}
