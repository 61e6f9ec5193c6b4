/** Keeps what a page shows fresh: what was missed while the server was away is loaded anew. */
import { live } from './live.svelte.ts';

interface Freshness {
  /** Also every so often; left out: only on news. */
  readonly everyMs?: number;
  readonly on?: readonly ('incident' | 'topology')[];
}

/** Calls `load` now, on news, and when the server is back; gives the function that ends it, as an effect wants it. */
export function keptFresh(load: () => Promise<void>, { everyMs, on = [] }: Freshness = {}): () => void {
  const again = (): void => void load();
  again();
  const timer = everyMs === undefined ? undefined : setInterval(again, everyMs);
  const leave = [live.on('resumed', again), ...on.map((name) => live.on(name, again))];
  return () => {
    clearInterval(timer);
    for (const each of leave) each();
  };
}
