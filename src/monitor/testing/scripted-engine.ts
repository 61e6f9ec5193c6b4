/** An engine that does with each probe message what a test says. A double of the engine port, in memory, on a clock. */
import {
  Delivery,
  DeliveryStream,
  type DeliveredContent,
  type EngineMessage,
  type Settler,
} from '../../engines/index.js';
import { SluiceError, type Clock } from '../../kernel/index.js';
import type { ProbedEngine } from '../probe/probe-session.js';

/** What becomes of one message; moments are counted from its sending. */
export interface Fate {
  /** `never`: nobody hears. */
  readonly confirmAfterMs: number | 'never';
  /** When it is delivered, each time. */
  readonly deliverAfterMs: readonly number[];
}

export class ScriptedEngine {
  readonly #clock: Clock;
  readonly #fateOf: (index: number) => Fate;
  readonly #streams = new Set<DeliveryStream>();
  readonly #waiting: DeliveredContent[] = [];
  /** Bodies in the order in which they were handed out. */
  readonly delivered: string[] = [];
  sent = 0;
  opened = 0;
  closed = 0;
  /** While it is set, nothing connects, and sends fail by it. */
  failure: SluiceError | undefined;

  constructor(clock: Clock, fateOf: (index: number) => Fate) {
    this.#clock = clock;
    this.#fateOf = fateOf;
  }

  /** A connection to it. */
  readonly open = (): Promise<ProbedEngine> => {
    if (this.failure !== undefined) return Promise.reject(this.failure);
    this.opened++;
    let stream: DeliveryStream | undefined;
    return Promise.resolve({
      topology: { declareQueue: () => Promise.resolve() },
      send: (_, messages) => this.#send(messages[0]!),
      receive: () => {
        stream = new DeliveryStream(() => undefined);
        this.#streams.add(stream);
        for (const content of this.#waiting.splice(0)) this.#deliver(content);
        return Promise.resolve(stream);
      },
      close: () => {
        this.closed++;
        if (stream !== undefined) this.#streams.delete(stream);
        return Promise.resolve();
      },
    });
  };

  /** Puts a message into the queue that nobody sent now. */
  put(text: string, redelivered = false): void {
    this.#deliver(contentOf(text, redelivered));
  }

  /** What the engine tells whoever receives when it goes. */
  break(failure: SluiceError): void {
    this.failure = failure;
    for (const stream of this.#streams) stream.fail(failure);
  }

  #send({ body }: EngineMessage): Promise<void> {
    if (this.failure !== undefined) return Promise.reject(this.failure);
    const { confirmAfterMs, deliverAfterMs } = this.#fateOf(this.sent++);
    const content = contentOf(body.toString(), false);
    for (const afterMs of deliverAfterMs)
      this.#clock.after(afterMs, () => {
        this.#deliver(content);
      });
    return new Promise((resolve) => {
      if (confirmAfterMs !== 'never') this.#clock.after(confirmAfterMs, resolve);
    });
  }

  #deliver(content: DeliveredContent): void {
    const [stream] = this.#streams;
    if (stream === undefined) {
      this.#waiting.push(content);
      return;
    }
    this.delivered.push(content.text());
    stream.push(new Delivery(content, settler, 0));
  }
}

const settler = { queue: 'probes', acknowledge: () => 'settled' } as unknown as Settler;

function contentOf(text: string, redelivered: boolean): DeliveredContent {
  const body = Buffer.from(text);
  const header = (): undefined => undefined;
  const names = { exchange: '', routingKey: '', messageId: undefined, type: undefined };
  return { ...names, properties: {}, header, body, text: () => text, redelivered };
}
