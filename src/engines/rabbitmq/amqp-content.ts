/** A message that the client library received, as the engine port has it; properties are read on first use. */
import type { Message } from 'amqplib';
import type { DeliveredContent, HeaderValue, MessageProperties } from '../index.js';
import { fromWire, valueFromWire } from './header-values.js';

export class AmqpContent implements DeliveredContent {
  readonly #message: Message;
  #properties: MessageProperties | undefined = undefined;

  constructor(message: Message) {
    this.#message = message;
  }

  get exchange(): string {
    return this.#message.fields.exchange;
  }

  get routingKey(): string {
    return this.#message.fields.routingKey;
  }

  get redelivered(): boolean {
    return this.#message.fields.redelivered;
  }

  get body(): Buffer {
    return this.#message.content;
  }

  text(): string {
    return this.#message.content.toString('utf8');
  }

  get messageId(): string | undefined {
    return (this.#message.properties as WireProperties).messageId;
  }

  get type(): string | undefined {
    return (this.#message.properties as WireProperties).type;
  }

  header(name: string): HeaderValue | undefined {
    if (this.#properties !== undefined) return this.#properties.headers?.[name];
    const { headers } = this.#message.properties as WireProperties;
    return headers === undefined || !Object.hasOwn(headers, name) ? undefined : valueFromWire(headers[name]);
  }

  get properties(): MessageProperties {
    this.#properties ??= messageProperties(this.#message);
    return this.#properties;
  }
}

/** Texts and numbers as the client library decodes them; undefined where absent. */
interface WireProperties {
  readonly contentType?: string;
  readonly contentEncoding?: string;
  readonly headers?: Readonly<Record<string, unknown>>;
  readonly priority?: number;
  readonly correlationId?: string;
  readonly replyTo?: string;
  readonly expiration?: string;
  readonly messageId?: string;
  readonly timestamp?: number;
  readonly type?: string;
  readonly userId?: string;
  readonly appId?: string;
}

function messageProperties(message: Message): MessageProperties {
  const wire = message.properties as WireProperties;
  const { contentType, contentEncoding, headers, priority, correlationId, replyTo, expiration } = wire;
  const { messageId, timestamp, type, userId, appId } = wire;
  return {
    ...(contentType === undefined ? {} : { contentType }),
    ...(contentEncoding === undefined ? {} : { contentEncoding }),
    ...(headers === undefined || Object.keys(headers).length === 0 ? {} : { headers: fromWire(headers) }),
    ...(priority === undefined ? {} : { priority }),
    ...(correlationId === undefined ? {} : { correlationId }),
    ...(replyTo === undefined ? {} : { replyTo }),
    ...(expiration === undefined ? {} : { expirationMs: Number(expiration) }),
    ...(messageId === undefined ? {} : { messageId }),
    ...(timestamp === undefined ? {} : { timestamp: new Date(timestamp * 1000) }),
    ...(type === undefined ? {} : { type }),
    ...(userId === undefined ? {} : { userId }),
    ...(appId === undefined ? {} : { appId }),
  };
}
