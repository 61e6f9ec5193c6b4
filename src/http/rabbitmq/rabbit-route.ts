/**
 * What a route of RabbitMQ's management API is, and what it is given. Invariant: every route says who may ask, and that
 * is checked before anything is looked up.
 */
import { SluiceError } from '../../kernel/index.js';
import type { Call, Method } from '../api/route.js';
import type { Caller } from '../caller.js';
import type { ApiParts, HttpSource } from '../source.js';
import type { Rates } from './rates.js';
import { Fields } from './fields.js';

/** What a route answers. */
export type RabbitAnswer =
  | { readonly kind: 'json'; readonly value: unknown; readonly status?: number }
  /** A long list, already in JSON, some at a time. */
  | { readonly kind: 'stream'; readonly json: AsyncIterable<string> }
  | { readonly kind: 'created'; readonly location?: string }
  | { readonly kind: 'done' };

/** An object or a short list. */
export const json = (value: unknown, status = 200): RabbitAnswer => ({ kind: 'json', value, status });
/** 204: nothing to tell. */
export const done: RabbitAnswer = { kind: 'done' };
/** 201 where something is new, 204 where it stood. */
export const createdIf = (isNew: boolean): RabbitAnswer => (isNew ? { kind: 'created' } : done);

/** A request, as HTTP gives it. */
export interface RawRequest {
  readonly path: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: unknown;
}

/** One request to a route. */
export class Visit {
  readonly call: Call;
  readonly source: HttpSource;
  readonly parts: ApiParts;
  readonly rates: Rates;
  readonly #raw: RawRequest;

  constructor(parts: Pick<Visit, 'call' | 'source' | 'parts' | 'rates'>, raw: RawRequest) {
    this.call = parts.call;
    this.source = parts.source;
    this.parts = parts.parts;
    this.rates = parts.rates;
    this.#raw = raw;
  }

  get caller(): Caller {
    return this.call.caller;
  }

  /** A part of the path, decoded. */
  path(name: string): string {
    return this.#raw.path[name] ?? '';
  }

  get vhost(): string {
    return this.path('vhost');
  }

  /** A parameter of the query; the first where it was given several times. */
  query(name: string): string | undefined {
    const given = Object.hasOwn(this.#raw.query, name) ? this.#raw.query[name] : undefined;
    const value: unknown = Array.isArray(given) ? given[0] : given;
    return typeof value === 'string' ? value : undefined;
  }

  /** A header, by its name in lower case. */
  header(name: string): string | undefined {
    const value = this.#raw.headers[name];
    return typeof value === 'string' ? value : undefined;
  }

  isSet(name: string): boolean {
    return this.query(name) === 'true';
  }

  /** The body's fields; none where there is no body. Throws `bad-input` for what is not a JSON object. */
  get fields(): Fields {
    const { body } = this.#raw;
    if (body === undefined) return new Fields({});
    if (typeof body === 'object' && body !== null && !Array.isArray(body)) {
      return new Fields(body as Record<string, unknown>);
    }
    throw new SluiceError('bad-input', 'not_json');
  }

  get actorName(): string {
    return this.caller.identity.name;
  }
}

/** Throws `access-refused` for whoever may not ask. */
export type Allowance = (visit: Visit) => void;

export interface RabbitRoute {
  readonly method: Method;
  /** Below `/api`; `{name}`: a part of the path, percent-encoded. */
  readonly path: string;
  readonly allow: Allowance;
  readonly run: (visit: Visit) => RabbitAnswer | Promise<RabbitAnswer>;
  /** The largest body; 64 KiB unless said otherwise. */
  readonly bodyBytesMax?: number;
}

function routeFor(method: Method) {
  return (path: string, allow: Allowance, run: RabbitRoute['run'], bodyBytesMax?: number): RabbitRoute => ({
    ...{ method, path, allow, run },
    ...(bodyBytesMax === undefined ? {} : { bodyBytesMax }),
  });
}

export const get = routeFor('GET');
export const put = routeFor('PUT');
export const post = routeFor('POST');
export const remove = routeFor('DELETE');

/** Whoever has a tag that lets into the management interface. */
export const anyone: Allowance = () => undefined;
export const monitors: Allowance = ({ caller }) => {
  caller.requireTag('monitor');
};
export const administers: Allowance = ({ caller }) => {
  caller.requireTag('administer');
};
/** Whoever may see what is in the virtual host of the path. */
export const viewsVhost: Allowance = ({ caller, vhost }) => {
  caller.requireView(vhost);
};
