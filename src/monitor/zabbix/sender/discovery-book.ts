/**
 * What Zabbix was told by discovery, so that it is told again only when something is new, or after a while. Invariant: a
 * rule counts as told when the server has taken its value, never before.
 */
import { createHash } from 'node:crypto';
import { itemKinds } from '../item-series.js';
import type { Measured } from '../measured.js';
import { discoveryText } from './measured-values.js';

/** A template that is linked later gets its rules this late at most. */
const repeatMs = 600_000;

interface Told {
  readonly digest: string;
  readonly atMs: number;
}

/** A value of a rule that is due. */
export interface DueDiscovery {
  readonly key: string;
  readonly text: string;
  /** To be called when the server has taken it. */
  readonly taken: () => void;
}

export class DiscoveryBook {
  readonly #told = new Map<string, Told>();

  /** Every rule whose objects are not those that were told. `nowMs`: of any steady clock. */
  async *due(measured: Measured, nowMs: number): AsyncGenerator<DueDiscovery, void, undefined> {
    for (const each of itemKinds) {
      const text = await discoveryText(measured, each);
      const key = each.discoveryKey;
      const digest = createHash('sha256').update(text).digest('base64');
      const told = this.#told.get(key);
      if (told?.digest === digest && nowMs - told.atMs < repeatMs) continue;
      yield { key, text, taken: () => this.#told.set(key, { digest, atMs: nowMs }) };
    }
  }
}
