/**
 * Asks a management API. Invariants: an answer is bounded in bytes and in time, unpacked and read to its end; and no
 * message names the address, which holds a password.
 */
import { messageOf, SluiceError } from '../../kernel/index.js';

/** Bounds of what is asked. */
export interface ManagementBounds {
  /** Of one answer. */
  readonly answerMs: number;
  readonly answerBytesMax: number;
  /** Of everything that one reading asks. */
  readonly readingMs: number;
}

export const managementBounds: ManagementBounds = {
  answerMs: 10_000,
  // Taken apart in some 30 ms; a page of 500 queues is a fifth of it.
  answerBytesMax: 4 * 1_048_576,
  readingMs: 60_000,
};

/** Gives the answer to a path, as JSON; with a body it is a POST. */
export type Asking = (path: string, body?: unknown) => Promise<unknown>;

export class ManagementHttp {
  readonly #base: string;
  readonly #authorization: string;
  readonly #bounds: ManagementBounds;

  /** `address`: the management URL, with user and password in it. Throws `bad-input`. */
  constructor(address: string, bounds: Partial<ManagementBounds> = {}) {
    if (!URL.canParse(address)) throw new SluiceError('bad-input', 'the management address is not a URL');
    const { protocol, username, password, host, pathname } = new URL(address);
    if (protocol !== 'http:' && protocol !== 'https:')
      throw new SluiceError('bad-input', 'the management address is an http: or https: URL');
    this.#base = `${protocol}//${host}${pathname.replace(/\/$/, '')}`;
    const credentials = `${decodeURIComponent(username || 'guest')}:${decodeURIComponent(password || 'guest')}`;
    this.#authorization = `Basic ${Buffer.from(credentials).toString('base64')}`;
    this.#bounds = { ...managementBounds, ...bounds };
  }

  /** For one reading, whose time begins now. */
  reading(): Asking {
    const whole = AbortSignal.timeout(this.#bounds.readingMs);
    return (path, body) => this.#ask(path, body, whole);
  }

  /** Rejects with `connection-failed`, `access-refused` or `protocol`; details: the `status` that was answered. */
  async #ask(path: string, body: unknown, whole: AbortSignal): Promise<unknown> {
    const signal = AbortSignal.any([whole, AbortSignal.timeout(this.#bounds.answerMs)]);
    let response: Response;
    try {
      const headers = { authorization: this.#authorization };
      response = await fetch(this.#base + path, {
        headers,
        signal,
        redirect: 'error',
        ...posted(headers, body),
      });
      if (response.ok) return JSON.parse(await this.#textOf(response)) as unknown;
      await response.body?.cancel();
    } catch (problem) {
      if (problem instanceof SluiceError) throw problem;
      const reason = messageOf((problem as Error).cause ?? problem);
      throw new SluiceError('connection-failed', `the management API does not answer: ${reason}`, {
        retryable: true,
      });
    }
    const isRefused = response.status === 401 || response.status === 403;
    throw new SluiceError(
      isRefused ? 'access-refused' : 'protocol',
      isRefused
        ? 'the management API refuses the user, who needs the tag monitoring'
        : `the management API answered ${response.status}`,
      { details: { status: response.status } },
    );
  }

  async #textOf(response: Response): Promise<string> {
    const parts: Uint8Array[] = [];
    let bytes = 0;
    for await (const part of (response.body ?? []) as AsyncIterable<Uint8Array>) {
      bytes += part.byteLength;
      if (bytes > this.#bounds.answerBytesMax)
        throw new SluiceError(
          'protocol',
          `the management API answered more than ${this.#bounds.answerBytesMax} bytes`,
          { details: { bytesMax: this.#bounds.answerBytesMax } },
        );
      parts.push(part);
    }
    return Buffer.concat(parts).toString('utf8');
  }
}

function posted(headers: Readonly<Record<string, string>>, body: unknown): RequestInit {
  if (body === undefined) return {};
  return {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  };
}
