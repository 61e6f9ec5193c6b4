/** What the server tells of bindings, dead letters and alternate exchanges, for the picture. */
import { api, type Page } from '../../server/api.ts';
import type { Binding } from '../../server/answers.ts';
import type { EngineSource } from '../../server/engine-source.ts';
import type { TopologySource } from './explore.ts';

/** As `/v1/effective-policies` tells it. */
export interface Effect {
  readonly policy?: string;
  readonly operatorPolicy?: string;
  readonly definition: Readonly<Record<string, unknown>>;
  /** Keys of it that change nothing; left out: another engine does not tell. */
  readonly ignored?: readonly string[];
  readonly arguments: Readonly<Record<string, unknown>>;
}

export function effectOf(
  source: EngineSource,
  vhost: string,
  kind: 'queue' | 'exchange',
  name: string,
): Promise<Effect> {
  return api.ask<Effect>(source.path('effective-policies', vhost, kind, name));
}

const bindingsMax = 1_000;

export function topologyOf(source: EngineSource, vhost: string): TopologySource {
  return {
    bindingsWith: async (name) => {
      const query = { vhost, contains: name, limit: bindingsMax };
      return (await api.ask<Page<Binding>>(source.path('bindings'), { query })).items;
    },
    deadLetterOf: async (queue) => {
      const table = await tableOf(source, vhost, 'queue', queue);
      const [exchange, key] = [table['x-dead-letter-exchange'], table['x-dead-letter-routing-key']];
      if (typeof exchange !== 'string') return undefined;
      return { exchange, ...(typeof key === 'string' ? { key } : {}) };
    },
    alternateOf: async (exchange) => {
      const alternate = (await tableOf(source, vhost, 'exchange', exchange))['alternate-exchange'];
      return typeof alternate === 'string' ? alternate : undefined;
    },
  };
}

/** One that has gone meanwhile has none. */
async function tableOf(
  source: EngineSource,
  vhost: string,
  kind: 'queue' | 'exchange',
  name: string,
): Promise<Effect['arguments']> {
  try {
    return (await effectOf(source, vhost, kind, name)).arguments;
  } catch {
    return {};
  }
}
