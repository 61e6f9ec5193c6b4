/** A queue's terms for its tenants, found by the hash of a name as messages carry it. */
import { KeyHasher, type HashSecret, type TenantRules, type TenantTerms } from '../scheduling/index.js';
import type { TenantSettings } from './sharing-settings.js';

/** Names are hashed with the secret that the tenants of messages are hashed with. */
export function tenantRulesOf(settings: TenantSettings, secret: HashSecret): TenantRules {
  const others: TenantTerms = { weight: settings.weightOfOthers, bandwidth: settings.bandwidthOfOthers };
  const named = new Map<number, Map<number, TenantTerms>>();
  const hasher = new KeyHasher(secret);
  for (const name of new Set([...settings.weights.keys(), ...settings.bandwidths.keys()])) {
    hasher.hash(Buffer.from(name));
    const byHigh = named.get(hasher.low) ?? new Map<number, TenantTerms>();
    named.set(hasher.low, byHigh);
    byHigh.set(hasher.high, {
      weight: settings.weights.get(name) ?? others.weight,
      bandwidth: settings.bandwidths.get(name) ?? others.bandwidth,
    });
  }
  return {
    termsOf: (low, high) => named.get(low)?.get(high),
    others,
    rate: settings.rate,
    concurrencyMax: settings.concurrencyMax ?? Infinity,
  };
}
