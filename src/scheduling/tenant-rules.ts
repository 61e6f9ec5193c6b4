/** A queue's terms for its tenants, found by the hash of a name as messages carry it. Pure. */
import type { Bandwidth } from './constant-bandwidth-server.js';
import { KeyHasher, type HashSecret } from './key-hash.js';
import type { RateLimit } from './rate-limit.js';
import type { TenantRules, TenantTerms } from './tenant-line.js';

/** What a queue grants its tenants, by their names. */
export interface TenantSettings {
  readonly weights: ReadonlyMap<string, number>;
  readonly weightOfOthers: number;
  readonly bandwidths: ReadonlyMap<string, Bandwidth>;
  readonly bandwidthOfOthers: Bandwidth | undefined;
  readonly rate: RateLimit | undefined;
  /** Unacknowledged deliveries of one tenant at most. */
  readonly concurrencyMax: number | undefined;
}

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
