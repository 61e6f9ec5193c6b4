/**
 * Answers of the broker that go to queues. Invariant: an answer is published only when what it tells is durable, and
 * answers keep their order.
 */
import type { Journal } from '../journal/index.js';
import { PropertyScan } from './content/index.js';
import type { Answer } from './face.js';
import { inboundOf } from './made-message.js';
import type { Publisher } from './publisher.js';
import { newRouteMemo } from './route-memo.js';
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
      // The default exchange, and the queue's name as routing key.
      const message = inboundOf('', answer.replyTo, answer.properties, answer.body, undefined, this.#scan);
      this.#publisher.publish(vhost, message, this.#memo);
    }
    this.#waiting = this.#waiting.slice(done);
  }
}
