/** How two values of one key become one: a policy's and an operator's, or a policy's and a declaration's. Pure. */
import type { QueueType } from '../queue-settings.js';
import type { PolicyDefinition, PolicyValue } from './policy.js';
import { policyKeys } from './policy-keys.js';

/** What two policies set together: each key that either has. */
export function mergeDefinitions(policy: PolicyDefinition, operator: PolicyDefinition): PolicyDefinition {
  const merged = new Map(Object.entries(policy));
  for (const [name, value] of Object.entries(operator)) {
    const own = merged.get(name);
    merged.set(name, own === undefined ? value : mergeWithOperator(name, own, value));
  }
  return Object.fromEntries([...merged].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function mergeWithOperator(name: string, own: PolicyValue, operators: PolicyValue): PolicyValue {
  const merging = policyKeys.get(name)?.merging ?? 'first';
  // Between two policies a delivery limit below 0 is a number like any other.
  return merging === 'first'
    ? operators
    : chosen(merging === 'smaller-limit' ? 'smaller' : merging, own, operators);
}

/** What counts where a queue's declaration says one thing and the policy in effect another. */
export function mergeWithArgument(
  name: string,
  type: QueueType,
  policys: PolicyValue,
  argument: PolicyValue,
): PolicyValue {
  const key = policyKeys.get(name);
  if (key?.overrules.includes(type) === true) return policys;
  return key === undefined || key.merging === 'first' ? argument : chosen(key.merging, policys, argument);
}

function chosen(
  merging: 'smaller' | 'larger' | 'smaller-limit' | 'slower',
  a: PolicyValue,
  b: PolicyValue,
): PolicyValue {
  if (merging === 'slower') return perMs(a) <= perMs(b) ? a : b;
  const [left, right] = [Number(a), Number(b)];
  // Below 0 there is no limit, and any is smaller than none.
  const isLarger = merging === 'larger' || (merging === 'smaller-limit' && Math.min(left, right) < 0);
  return (isLarger ? left >= right : left <= right) ? a : b;
}

function perMs(rate: PolicyValue): number {
  const { count, per } = rate as { readonly count: number; readonly per: number };
  return count / per;
}
