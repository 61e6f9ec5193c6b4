/** Traces messages through the journal of an open broker. Invariant: one trace reads at a time. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { traceMessage, type Broker, type MessageTrace, type TraceSearch } from '../broker/index.js';
import { SluiceError, type Disk } from '../kernel/index.js';

export interface MessageTracerOptions {
  /** The data directory. */
  readonly directory: string;
  readonly disk: Disk;
  readonly broker: Broker;
}

export class MessageTracer {
  readonly #options: MessageTracerOptions;
  #isBusy = false;

  constructor(options: MessageTracerOptions) {
    this.#options = options;
  }

  /** Rejects with `limit-reached` while another trace reads. */
  async trace(search: TraceSearch, signal?: AbortSignal): Promise<MessageTrace> {
    if (this.#isBusy)
      throw new SluiceError('limit-reached', 'another trace reads the journal; try again when it is done', {
        retryable: true,
      });
    this.#isBusy = true;
    try {
      const { directory, disk, broker } = this.#options;
      await broker.administration.durable();
      return await traceMessage({ directory, disk, pause: () => nextTurn(), signal }, search);
    } finally {
      this.#isBusy = false;
    }
  }
}
