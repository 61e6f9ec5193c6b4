/** A message that comes again without having left: marked redelivered, and counted as its engine would. */
import type { DeliveredContent } from './delivery.js';
import { headerNames, type HeaderValue, type MessageProperties } from './message.js';

export class TriedContent implements DeliveredContent {
  readonly #content: DeliveredContent;
  readonly properties: MessageProperties;
  readonly redelivered = true;

  /** `attempts`: deliveries that came before. */
  constructor(content: DeliveredContent, attempts: number) {
    this.#content = content;
    const headers = {
      ...content.properties.headers,
      [headerNames.earlierAttempts]: attempts,
      [headerNames.deliveryCount]: 0,
    };
    this.properties = { ...content.properties, headers };
  }

  get exchange(): string {
    return this.#content.exchange;
  }

  get routingKey(): string {
    return this.#content.routingKey;
  }

  get messageId(): string | undefined {
    return this.#content.messageId;
  }

  get type(): string | undefined {
    return this.#content.type;
  }

  header(name: string): HeaderValue | undefined {
    return this.properties.headers?.[name];
  }

  get body(): Buffer {
    return this.#content.body;
  }

  text(): string {
    return this.#content.text();
  }
}
