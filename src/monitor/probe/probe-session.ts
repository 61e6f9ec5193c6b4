/**
 * One connection of a prober: it declares the queue, sends and receives. Invariant: once it is ended nothing of it is
 * left, though its end be slow.
 *
 * A probe message is a text: the run, a space, and the sequence number.
 */
import type { Deliveries, Engine, QueueDeclaration } from '../../engines/index.js';
import { SluiceError } from '../../kernel/index.js';

/** What a prober needs of an engine. */
export type ProbedEngine = Pick<Engine, 'send' | 'receive' | 'close'> & {
  readonly topology: Pick<Engine['topology'], 'declareQueue'>;
};

/** Told of each message: its run, its sequence number, and whether it may have been delivered before. */
export type ProbeListener = (run: string, sequence: number, redelivered: boolean) => void;

/** How long a probe message waits in its queue; an outage up to this long loses none. */
export const probeTimeToLiveMs = 3_600_000;

/** Never changed: a queue that exists must stand as declared. */
const declaration: QueueDeclaration = { durable: true, lengthMax: 10_000, messageTtlMs: probeTimeToLiveMs };
const prefetch = 100;
const messagePattern = /^([\w-]{1,64}) (\d{1,15})$/;

export class ProbeSession {
  readonly #engine: ProbedEngine;
  readonly #deliveries: Deliveries;
  readonly #queue: string;
  /** Rejects when nothing more will come; never resolves. */
  readonly failed: Promise<never>;
  #ending: Promise<void> | undefined;

  private constructor(engine: ProbedEngine, deliveries: Deliveries, queue: string, listener: ProbeListener) {
    this.#engine = engine;
    this.#deliveries = deliveries;
    this.#queue = queue;
    this.failed = this.#receive(listener);
    this.failed.catch(() => undefined);
  }

  /** Declares the queue and begins to receive. When it rejects, the engine is closed again. */
  static async open(engine: ProbedEngine, queue: string, listener: ProbeListener): Promise<ProbeSession> {
    try {
      await engine.topology.declareQueue(queue, declaration);
      const deliveries = await engine.receive(queue, { prefetch, deadLetterQueue: `${queue}.dead` });
      return new ProbeSession(engine, deliveries, queue, listener);
    } catch (error) {
      await engine.close().catch(() => undefined);
      throw error;
    }
  }

  /** Resolves when the message is confirmed. */
  send(run: string, sequence: number): Promise<void> {
    const message = { body: Buffer.from(`${run} ${sequence}`), contentType: 'text/plain' };
    return this.#engine.send(this.#queue, [message]);
  }

  /** Never rejects. Safe to call twice. */
  end(): Promise<void> {
    this.#ending ??= this.#end();
    return this.#ending;
  }

  async #end(): Promise<void> {
    await this.#deliveries.close().catch(() => undefined);
    await this.#engine.close().catch(() => undefined);
  }

  async #receive(listener: ProbeListener): Promise<never> {
    for await (const delivery of this.#deliveries) {
      const [, run, sequence] = messagePattern.exec(delivery.text()) ?? [];
      if (run !== undefined) listener(run, Number(sequence), delivery.redelivered);
      await delivery.ack();
    }
    throw new SluiceError('closed', 'deliveries of probe messages ended', { retryable: true });
  }
}
