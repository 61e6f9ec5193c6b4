/** What HTTP asks of the server, or of the program, that it is a face of. */
import type { Clock } from '../kernel/index.js';
import type { Services } from '../operations/index.js';
import type { TaskApp } from '../tasks/index.js';
import type { Sessions } from './session/sessions.js';

/** Whether the server can take work now. */
export type Readiness = { readonly ready: true } | { readonly ready: false; readonly reason: string };

/** What the API works on. */
export interface ApiParts {
  readonly services: Omit<Services, 'actor'>;
  /** A new app for each request: what a request declares in it goes with it. Its tasks are in the virtual host `/`. */
  tasks(): Promise<TaskApp>;
}

export interface HttpSource {
  readonly clock: Clock;
  readonly settings: HttpSettings;
  /** Who is signed in by cookie; they end with the HTTP side. */
  readonly sessions: Sessions;
  /** The release of Sluice. */
  readonly version: string;
  readiness(): Readiness;
  /** Undefined while the server starts or stops. Loads what is needed when it is first asked for. */
  parts(): Promise<ApiParts | undefined>;
  /** Told of errors that are bugs. */
  failed(error: unknown): void;
}

/** The `http` section of the configuration, without its ports. */
export interface HttpSettings {
  /** Names besides its addresses and `localhost` under which the server is asked over loopback, as by a proxy. */
  readonly names: readonly string[];
  /** Who reads `/metrics` without signing in. */
  readonly openMetrics: 'loopback' | 'everyone' | 'nobody';
}
