/**
 * One HTTP POST to a receiver. Invariant: certificates are verified, no redirect is followed, the answer read is
 * bounded, and the address that is connected to was allowed.
 */
import { request as requestPlain } from 'node:http';
import { request as requestTls } from 'node:https';
import { isIP } from 'node:net';
import type { AddressPolicy } from './address-policy.js';
import { settingProblem } from './setting-problem.js';

const answerBytesMax = 65_536;

export interface PostRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly signal: AbortSignal;
}

export interface PostAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Its first 64 KiB. */
  readonly body: string;
}

/** How a receiver posts. Rejects with the system's error, or `refused` for an address that is not allowed. */
export type Post = (request: PostRequest) => Promise<PostAnswer>;

/** An address by its setting. @throws SluiceError `config-invalid`, which does not repeat the text. */
export function requireWebAddress(text: string, path: string): string {
  if (URL.canParse(text)) {
    const { protocol, hash } = new URL(text);
    if ((protocol === 'https:' || protocol === 'http:') && hash === '') return text;
  }
  throw settingProblem(path, 'must be an address that begins with https:// or http://');
}

/** A way to post that keeps to `policy`. */
export function guardedPost(policy: AddressPolicy, userAgent: string): Post {
  return ({ url, headers, body, signal }) =>
    new Promise((resolve, reject) => {
      const target = new URL(url);
      const host = target.hostname.replace(/^\[|\]$/g, '');
      if (isIP(host) !== 0) policy.require(host);
      const begin = target.protocol === 'https:' ? requestTls : requestPlain;
      const outgoing = begin(
        target,
        {
          method: 'POST',
          agent: false,
          lookup: policy.lookup,
          signal,
          headers: {
            'user-agent': userAgent,
            ...headers,
            'content-length': Buffer.byteLength(body),
          },
        },
        (incoming) => {
          let received = '';
          incoming.setEncoding('utf8');
          incoming.on('data', (piece: string) => {
            if (received.length < answerBytesMax)
              received += piece.slice(0, answerBytesMax - received.length);
            else incoming.destroy();
          });
          incoming.on('error', reject);
          incoming.on('close', () => {
            resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: received });
          });
        },
      );
      outgoing.on('error', reject);
      outgoing.end(body);
    });
}
