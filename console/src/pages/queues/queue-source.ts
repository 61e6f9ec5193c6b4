/** Where the list of queues comes from: the own server, or an engine beside it. What is left out of a row is unknown. */
import type { ListQuery } from '../../parts/sorted-list.svelte.ts';
import { api, Refusal, type Page } from '../../server/api.ts';
import type { EngineSource } from '../../server/engine-source.ts';

export interface ListedQueue {
  readonly vhost: string;
  readonly name: string;
  readonly paused?: boolean;
  readonly ready?: number;
  readonly unacknowledged?: number;
  readonly delayed?: number;
  readonly bytes?: number;
  readonly consumers?: number;
  /** Of an engine beside alone. */
  readonly type?: string;
  readonly copies?: number;
  /** Those that were asked for and are known; null: never. */
  readonly figures?: Readonly<Record<string, number | null>>;
}

export interface QueuePage extends Page<ListedQueue> {
  /** Nothing is measured there: rows have no figures. */
  readonly isUnmeasured: boolean;
}

export interface QueueQuery extends ListQuery {
  /** Names of figures to tell too, parted by commas. */
  readonly figures: string;
}

/** Rejects as `api.ask` does. */
export async function readQueues(
  source: EngineSource,
  query: QueueQuery,
  signal: AbortSignal,
): Promise<QueuePage> {
  const ask = (given: Partial<QueueQuery>): Promise<Page<ListedQueue>> =>
    api.ask(source.path('queues'), { query: { ...query, ...given }, signal });
  try {
    return { ...(await ask({})), isUnmeasured: false };
  } catch (error) {
    if (!(error instanceof Refusal) || error.code !== 'unsupported') throw error;
    const sort = /^-?(?:name|vhost)$/.test(query.sort) ? query.sort : 'name';
    return { ...(await ask({ figures: '', sort, after: undefined })), isUnmeasured: true };
  }
}
