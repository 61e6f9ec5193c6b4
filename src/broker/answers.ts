/**
 * Answers of the broker that go to queues. Invariant: an answer is published only when what it tells is durable, and
 * answers keep their order.
 */
import type { Journal } from '../journal/index.js';
import { encodeText, PropertyScan, scanProperties, textBytes } from './content/index.js';
import type { Answer, InboundMessage } from './face.js';
import { newRouteMemo, type Publisher } from './publisher.js';
import type { VirtualHost } from './state.js';

export class Answers {
  readonly #journal: Journal;
  readonly #publisher: Publisher;
  readonly #memo = newRouteMemo();
  readonly #scan = new PropertyScan();
  #waiting: { readonly vhost: VirtualHost; readonly answer: Answer }[] = [];

  constructor(journal: Journal, publisher: Publisher) {
    this.#journal = journal;
    this.#publisher = publisher;
    journal.onDurable(() => {
      if (this.#waiting.length > 0) this.#publishDurable();
    });
  }

  /** Publishes an answer to its queue, through the default exchange; without such a queue it is lost. */
  publish(vhost: VirtualHost, answer: Answer): void {
    this.#waiting.push({ vhost, answer });
    if (this.#waiting.length === 1) this.#publishDurable();
  }

  #publishDurable(): void {
    const { durableSequence } = this.#journal;
    let done = 0;
    for (const { vhost, answer } of this.#waiting) {
      if (answer.sequence > durableSequence) break;
      done++;
      this.#publisher.publish(vhost, this.#messageOf(answer), this.#memo);
    }
    this.#waiting = this.#waiting.slice(done);
  }

  #messageOf({ replyTo, properties, body }: Answer): InboundMessage {
    // The default exchange, and the queue's name as routing key.
    const route = Buffer.alloc(2 + textBytes(replyTo));
    route[1] = encodeText(route, 2, replyTo) - 2;
    scanProperties(properties, 0, properties.length, this.#scan);
    return {
      exchange: '',
      routingKey: replyTo,
      routeBuffer: route,
      routeStart: 0,
      routeEnd: route.length,
      mandatory: false,
      propertiesBuffer: properties,
      propertiesStart: 0,
      propertiesEnd: properties.length,
      scan: this.#scan,
      bodyBuffer: body,
      bodyStart: 0,
      bodyEnd: body.length,
      chunks: undefined,
    };
  }
}
