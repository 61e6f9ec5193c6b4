/**
 * Watches on a Sluice server, begun again on each connection. Invariant: after a lost connection what there is is told
 * as changed, and nothing older than what was told already on the new one.
 */
import type { RecordChange, RecordEntry } from '../index.js';
import { entryOf } from './record-entries.js';
import { unlessLost, type RequestAnswer, type RequestChannel } from './request-channel.js';

interface Watch {
  readonly prefix: string;
  readonly listener: (change: RecordChange) => void;
  readonly signal: AbortSignal;
  /** Versions told while what there is is being read; undefined: it is not. */
  told: Map<string, number> | undefined;
}

export class ServerWatches {
  readonly #open: () => Promise<RequestChannel>;
  readonly #scan: (prefix: string) => Promise<readonly RecordEntry[]>;
  readonly #watches = new Set<Watch>();

  constructor(
    open: () => Promise<RequestChannel>,
    scan: (prefix: string) => Promise<readonly RecordEntry[]>,
  ) {
    this.#open = open;
    this.#scan = scan;
  }

  /** Resolves when changes are told from now on. */
  async add(prefix: string, listener: (change: RecordChange) => void, signal: AbortSignal): Promise<void> {
    const watch: Watch = { prefix, listener, signal, told: undefined };
    while (!signal.aborted && !(await this.#begin(watch)));
    if (signal.aborted) return;
    this.#watches.add(watch);
    signal.addEventListener('abort', () => this.#watches.delete(watch), { once: true });
  }

  /** Begins every watch again. One that fails with the connection is restored with the next. */
  async restore(): Promise<void> {
    await Promise.all([...this.#watches].map((watch) => this.#restore(watch).catch(() => undefined)));
  }

  close(): void {
    this.#watches.clear();
  }

  async #restore(watch: Watch): Promise<void> {
    const told = (watch.told = new Map<string, number>());
    try {
      if (!(await this.#begin(watch))) return;
      for (const entry of await this.#scan(watch.prefix))
        if (!watch.signal.aborted && entry.version > (told.get(entry.key) ?? 0))
          watch.listener({ key: entry.key, entry });
    } finally {
      if (watch.told === told) watch.told = undefined;
    }
  }

  /** False: the connection was lost before the server had it. */
  async #begin(watch: Watch): Promise<boolean> {
    const requests = await this.#open();
    const onEvent = (event: RequestAnswer): void => {
      if (watch.signal.aborted) return;
      const change = changeOf(event);
      watch.told?.set(change.key, Number(event.headers['version']));
      watch.listener(change);
    };
    const { prefix } = watch;
    const asked = requests.ask({ operation: 'records.watch', headers: { prefix }, onEvent });
    const answer = await unlessLost(asked);
    if (answer === undefined) return false;
    const number = answer.headers['watch'];
    const stop = (): void => {
      requests.forget(onEvent);
      try {
        requests.tell({ operation: 'records.unwatch', headers: { watch: number } });
      } catch {
        // The channel is gone, and the watch with it.
      }
    };
    if (watch.signal.aborted) stop();
    else watch.signal.addEventListener('abort', stop, { once: true });
    return true;
  }
}

function changeOf({ headers, body }: RequestAnswer): RecordChange {
  const entry = headers['event'] === 'put' ? entryOf(headers, body) : undefined;
  return { key: String(headers['key']), entry };
}
