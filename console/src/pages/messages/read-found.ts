/**
 * How messages are found: in a queue of the own server, which tells them where they are, or of an engine beside, which
 * hands out the first of them and takes them back. Rejects as `api.ask` does.
 */
import { api } from '../../server/api.ts';
import type { EngineSource } from '../../server/engine-source.ts';
import type { PeekedMessage, SearchAnswer } from './answers.ts';
import { asksNothing } from './filter.ts';
import type { ReadFound } from './hunt.svelte.ts';

/** As many as one look at an engine beside may take. */
export const peekCount = 50;

export function readFoundIn(source: EngineSource, vhost: string, name: string): ReadFound {
  const path = source.path('queues', vhost, name, 'messages');
  if (source.isOwn)
    return (where, stretch, signal) =>
      api.ask<SearchAnswer>(`${path}/search`, { query: { ...where, ...stretch }, signal });
  return async (where, { limit }, signal) => {
    if (!asksNothing(where)) {
      const answer = await api.ask<Omit<SearchAnswer, 'total'> & { readonly total?: number }>(
        `${path}/search`,
        {
          query: { ...where, limit },
          signal,
        },
      );
      return { ...answer, total: answer.total ?? answer.lookedAt };
    }
    const query = { count: peekCount };
    const { items } = await api.ask<{ items: readonly PeekedMessage[] }>(path, { query, signal });
    return lookedAtFront(items);
  };
}

function lookedAtFront(messages: readonly PeekedMessage[]): SearchAnswer {
  const items = messages.map((message, position) => ({ ...message, position }));
  const lookedAt = items.length;
  // An engine that does not tell how many are behind may have more, once it gave as many as were asked for.
  const behind = messages.at(-1)?.behind;
  const isCut = behind === undefined ? lookedAt >= peekCount : behind > 0;
  return {
    ...{ items, lookedAt, total: lookedAt + (behind ?? 0), until: lookedAt },
    ...{ partly: 0, undecodable: 0, unreadable: 0 },
    ...(isCut ? { stoppedBy: 'messages' } : {}),
  };
}
