/** Reads single stored messages for views, from memory or from disk. Invariant: what it gives is a copy. */
import type { BrokerCore } from './core.js';
import { decodeText } from './content/index.js';
import type { StoredMessage } from './administration-face.js';
import type { MessageView } from './face.js';
import { EntryState, pageEntries } from './page.js';
import type { Queue } from './queue.js';

/** What the states are called in views. */
export const stateNames = {
  [EntryState.ready]: 'ready',
  [EntryState.unacknowledged]: 'unacknowledged',
  [EntryState.moving]: 'unacknowledged',
  [EntryState.delayed]: 'delayed',
  [EntryState.gated]: 'gated',
  [EntryState.held]: 'held',
} as const;

export class MessageReader {
  readonly #core: Pick<BrokerCore, 'store' | 'dispatcher'>;

  constructor(core: Pick<BrokerCore, 'store' | 'dispatcher'>) {
    this.#core = core;
  }

  /** A copy of one message; undefined when it went meanwhile. Rejects where it cannot be read. */
  copy(queue: Queue, position: number): Promise<StoredMessage | undefined> {
    return this.look(queue, position, () => this.#copy(queue, position));
  }

  /**
   * Calls `take` with a view that is good for that call alone; undefined when the message went meanwhile. `inPieces`: a
   * large body is left where it is stored.
   */
  async look<T>(
    queue: Queue,
    position: number,
    take: (view: MessageView) => T,
    inPieces = false,
  ): Promise<T | undefined> {
    const { store } = this.#core;
    for (;;) {
      if (queue.isDeleted || queue.backlog.stateAt(position) === EntryState.gone) return undefined;
      if (store.find(queue, position, inPieces)) return take(store.view);
      await new Promise<void>((resolve, reject) => {
        store.load((error) => {
          if (error === undefined) resolve();
          else reject(error);
        });
      });
    }
  }

  #copy(queue: Queue, position: number): StoredMessage {
    const page = queue.backlog.pageOf(position)!;
    const slot = position % pageEntries;
    const view = this.#core.dispatcher.viewFor(queue, page, slot);
    const state = page.state(slot);
    const exchangeEnd = view.routeStart + 1 + view.buffer[view.routeStart]!;
    return {
      position,
      state: state === EntryState.gone ? 'ready' : stateNames[state],
      redelivered: page.isRedelivered(slot),
      deliveryCount: page.deliveryCount(slot),
      exchange: decodeText(view.buffer, view.routeStart + 1, exchangeEnd),
      routingKey: decodeText(view.buffer, exchangeEnd + 1, view.routeEnd),
      properties: Buffer.from(view.propertiesBuffer.subarray(view.propertiesStart, view.propertiesEnd)),
      body: Buffer.from(view.bodyBuffer.subarray(view.bodyStart, view.bodyEnd)),
      arrivalMs: view.arrivalMs,
      expiresMs: page.expiry?.[slot] === 0 ? undefined : page.expiry?.[slot],
      dueMs: state === EntryState.delayed ? page.due?.[slot] : undefined,
    };
  }
}
