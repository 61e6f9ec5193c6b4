/**
 * Any program, by a webhook. A notification is a CloudEvent in structured JSON (CloudEvents 1.0.2, JSON event format,
 * https://github.com/cloudevents/spec), signed as Standard Webhooks 1.0.0 says
 * (https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md):
 *
 *     webhook-id: the notification's id, the same for each attempt
 *     webhook-timestamp: Unix seconds of the attempt
 *     webhook-signature: v1,base64(HMAC-SHA256(secret, id.timestamp.body))
 *
 * Whoever receives it refuses timestamps that are more than five minutes away.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Notice } from '../notice.js';
import { failureOf, type Receiver, type ReceiverTools } from './receiver.js';

export interface WebhookOptions {
  readonly url: string;
  readonly secret?: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
}

const keyPrefix = 'whsec_';

function keyOf(secret: string): Buffer {
  return secret.startsWith(keyPrefix)
    ? Buffer.from(secret.slice(keyPrefix.length), 'base64')
    : Buffer.from(secret, 'utf8');
}

/** The value of `webhook-signature`. */
export function signatureOf(secret: string, id: string, second: number, body: string): string {
  return `v1,${createHmac('sha256', keyOf(secret)).update(`${id}.${second}.${body}`).digest('base64')}`;
}

/** Whether a request is genuine and fresh, as one who receives it decides. */
export function isGenuine(
  secret: string,
  received: {
    readonly id: string;
    readonly second: number;
    readonly signature: string;
    readonly body: string;
  },
  nowSecond: number,
): boolean {
  if (!(Math.abs(nowSecond - received.second) <= 300)) return false;
  const expected = Buffer.from(signatureOf(secret, received.id, received.second, received.body));
  return received.signature.split(' ').some((each) => {
    const given = Buffer.from(each);
    return given.length === expected.length && timingSafeEqual(given, expected);
  });
}

/** The event as JSON. */
export function cloudEventOf(notice: Notice, source: string): string {
  return JSON.stringify({
    specversion: '1.0',
    id: notice.id,
    source: `urn:sluice:${encodeURIComponent(source)}`,
    type: `io.sluice.incident.${notice.reason}`,
    subject: notice.incident.id,
    time: new Date(notice.atMs).toISOString(),
    datacontenttype: 'application/json',
    data: {
      reason: notice.reason,
      text: notice.text,
      route: notice.route,
      receiver: notice.receiver,
      alertCount: notice.alertCount,
      incident: notice.incident,
    },
  });
}

/** A webhook that hears of every change. */
export function webhook({ url, secret, headers }: WebhookOptions, tools: ReceiverTools): Receiver {
  return {
    limits: [{ count: 20, perMs: 1_000 }],
    takes: () => true,
    async send(notice, signal) {
      const body = cloudEventOf(notice, tools.source);
      const second = Math.floor(tools.clock.now() / 1_000);
      const signed = {
        'webhook-id': notice.id,
        'webhook-timestamp': String(second),
        ...(secret === undefined
          ? {}
          : { 'webhook-signature': signatureOf(secret, notice.id, second, body) }),
      };
      const answer = await tools.post({
        url,
        body,
        signal,
        headers: {
          ...headers,
          'content-type': 'application/cloudevents+json; charset=utf-8',
          'idempotency-key': notice.id,
          ...signed,
        },
      });
      return failureOf(answer, tools.clock) ?? { kind: 'delivered' };
    },
  };
}
