/**
 * Requests to the server that the page comes from. Invariants: a refusal is a `Refusal` with the server's own words; a
 * server that does not answer is `Unreachable`; changes carry the session's token against forgery.
 */
import { say, speech } from '../words/words.svelte.ts';
import { clock } from './clock.ts';

export { pathOf } from './path-of.ts';

export class Refusal extends Error {
  readonly status: number;
  readonly code: string;
  /** Facts for programs, as the server gives them. */
  readonly details: Readonly<Record<string, unknown>>;

  constructor(
    status: number,
    code: string,
    message: string,
    details: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
    this.name = 'Refusal';
    this.status = status;
    this.code = code;
    this.details = details;
  }
}

export class Unreachable extends Error {
  constructor() {
    super('the server does not answer');
    this.name = 'Unreachable';
  }
}

/** Why something failed, in words for a person. */
export function reasonOf(error: unknown): string {
  if (error instanceof Unreachable) return say('noAnswer');
  return error instanceof Error ? error.message : String(error);
}

export interface Page<Row> {
  readonly items: readonly Row[];
  readonly total: number;
  readonly next?: string;
}

/** A list is given as one value after the other under the same name. */
export type Query = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

interface Ask {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly query?: Query;
  readonly body?: unknown;
  readonly signal?: AbortSignal;
}

const timeLimitMs = 20_000;

class Api {
  /** Of the session; changes are refused without it. */
  csrfToken = '';
  /** Told of a session that is over. */
  onSignedOut: () => void = () => undefined;
  /** Told of a refusal for want of a right. */
  onForbidden: () => void = () => undefined;

  async ask<Answer>(path: string, ask: Ask = {}): Promise<Answer> {
    const token = this.csrfToken;
    const response = await this.#fetch(path, ask);
    if (response.ok)
      return response.status === 204 ? (undefined as Answer) : ((await response.json()) as Answer);
    const refusal = await refusalOf(response);
    // What was asked in the session before says nothing of the one that began meanwhile.
    if (response.status === 401 && path !== '/v1/session' && token === this.csrfToken) this.onSignedOut();
    if (refusal.code === 'access-refused' && !path.startsWith('/v1/permissions/')) this.onForbidden();
    throw refusal;
  }

  async #fetch(path: string, { method = 'GET', query = {}, body, signal }: Ask): Promise<Response> {
    const headers: Record<string, string> = {
      'x-requested-with': 'console',
      'accept-language': speech.language === 'zh' ? 'zh-CN' : 'en',
    };
    if (method !== 'GET') headers['x-csrf-token'] = this.csrfToken;
    if (body !== undefined) headers['content-type'] = 'application/json';
    const search = searchOf(query);
    const limit = AbortSignal.timeout(timeLimitMs);
    try {
      const response = await fetch(search === '' ? path : `${path}?${search}`, {
        method,
        headers,
        credentials: 'same-origin',
        redirect: 'error',
        signal: signal === undefined ? limit : AbortSignal.any([signal, limit]),
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      clock.hear(response.headers.get('date'));
      return response;
    } catch (error) {
      if (signal?.aborted === true) throw error;
      throw new Unreachable();
    }
  }
}

function searchOf(query: Query): string {
  const search = new URLSearchParams();
  for (const [name, given] of Object.entries(query))
    for (const value of [given].flat())
      if (value !== undefined && value !== '') search.append(name, String(value));
  return search.toString();
}

async function refusalOf(response: Response): Promise<Refusal> {
  const problem = (await response.json().catch(() => ({}))) as Record<string, unknown>;
  return refusalFrom(response.status, problem, response.statusText);
}

/** A refusal from the problem that tells of it; `otherwise`: its text where the problem has none. */
export function refusalFrom(
  status: number,
  problem: Readonly<Record<string, unknown>>,
  otherwise = '',
): Refusal {
  const text = [problem['detail'], problem['title']].find((each) => typeof each === 'string');
  const code = typeof problem['code'] === 'string' ? problem['code'] : '';
  const details = (problem['details'] ?? {}) as Readonly<Record<string, unknown>>;
  return new Refusal(status, code, text ?? otherwise, details);
}

export const api = new Api();
