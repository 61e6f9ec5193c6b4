/**
 * A program's HTTP side, as `open` is told of it. Invariant: it is checked before anything is opened, and what checks it
 * is loaded only where there is more than a port.
 */
import type { Duration } from './engines/index.js';
import { requireKnownOptions, SluiceError, type OptionNames } from './kernel/index.js';

const usualPort = 15_672;

/** The HTTP side of a program. */
export interface HttpOptions {
  /** On this machine's loopback addresses; 0: any free one, see `app.ports`. 15672 unless said otherwise. */
  readonly port?: number;
  /** How long browsers stay signed in. */
  readonly session?: {
    /** Without a request; 30 minutes unless said otherwise, at least one. */
    readonly idle?: Duration;
    /** From the sign-in on; 12 hours unless said otherwise, at most 30 days. */
    readonly longest?: Duration;
  };
}

/** What `open` asks of the HTTP side; a port alone stands for itself. */
export interface WantedHttp {
  readonly http: number | undefined;
  readonly session?: { readonly idleMs: number; readonly longestMs: number };
}

const optionNames: OptionNames<HttpOptions> = { port: true, session: true };

/** The port among the options; undefined: nothing is to listen. Throws `bad-input`. */
export function httpPortOf(http: number | HttpOptions | undefined): number | undefined {
  if (typeof http !== 'object') return http;
  requireKnownOptions(http, optionNames, 'http');
  return http.port ?? usualPort;
}

/** Rejects with `config-invalid` for times that make no sense. */
export async function openHttp(http: number | HttpOptions | undefined): Promise<WantedHttp> {
  const port = httpPortOf(http);
  if (typeof http !== 'object' || http.session === undefined) return { http: port };
  if (typeof http.session !== 'object')
    throw new SluiceError('bad-input', "session of http is an object, such as { idle: '30m' }");
  const { programSession } = await import('./config/index.js');
  const { idle, longest } = await programSession(http.session);
  return { http: port, session: { idleMs: idle, longestMs: longest } };
}
