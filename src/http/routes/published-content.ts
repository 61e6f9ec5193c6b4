/**
 * What requests that publish a message hold. Invariant: a body over 1 MiB is left to AMQP, so that no request holds up the
 * event loop.
 */
import { z } from 'zod';
import { SluiceError } from '../../kernel/index.js';
import type { OperationInput } from '../../operations/index.js';
import { inputOf } from '../api/operation-route.js';

/** Of one body; larger ones go over AMQP. */
export const bodyBytesMax = 1_048_576;
/** In base64, or with every character escaped, and the properties besides. */
export const requestBytesMax = 2 * bodyBytesMax + 65_536;

export type Published = OperationInput<'publish'>;

/** The schema of a field of `publish`. */
export function nameOf(field: string): z.ZodType<string> {
  return inputOf('publish').shape[field] as z.ZodType<string>;
}

/** The fields of a message; a body in one of three ways. */
export const content = {
  body: z.base64().optional().describe('the body in base64; or one of the two below'),
  text: z.string().optional().describe('the body as UTF-8'),
  json: z.unknown().optional().describe('the body as JSON, with its content type unless that is given'),
  properties: (
    inputOf('publish').shape['properties'] as unknown as z.ZodType<Published['properties']>
  ).default({}),
};

export interface Content {
  readonly body?: string | undefined;
  readonly text?: string | undefined;
  readonly json?: unknown;
  readonly properties: Published['properties'];
}

/** Throws `bad-input` for two bodies, or one that is too large. */
export function encodedContent({
  body,
  text,
  json,
  properties,
}: Content): Pick<Published, 'body' | 'properties'> {
  const given = [body, text, json].filter((value) => value !== undefined).length;
  if (given > 1) throw new SluiceError('bad-input', 'one of body, text and json');
  const isJson = json !== undefined;
  const plain = isJson ? JSON.stringify(json) : (text ?? '');
  const encoded = body ?? Buffer.from(plain, 'utf8').toString('base64');
  if ((encoded.length * 3) / 4 > bodyBytesMax + 2) {
    throw new SluiceError('bad-input', `the body is larger than ${bodyBytesMax} bytes: publish it by AMQP`);
  }
  return {
    body: encoded,
    properties: isJson ? { contentType: 'application/json', ...properties } : properties,
  };
}

/** In a path no part can be empty: RabbitMQ's name for the default exchange. */
export const exchangeNamed = (name: string): string => (name === 'amq.default' ? '' : name);
