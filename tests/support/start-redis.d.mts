/** A Redis started by `startRedis`. */
export interface RedisServer {
  readonly kind: 'redis';
  readonly version: string;
  readonly pid: number | undefined;
  readonly port: number;
  readonly password: string;
  /** With the password. */
  readonly url: string;
  /** Ends it and removes its data. Safe to call twice. */
  stop(): Promise<void>;
  /** The last of what it printed. */
  log(): string;
}

/** Why Redis cannot be started here, or undefined when it can. */
export function redisUnavailable(): string | undefined;

/** `sync` is Redis's `appendfsync`. Resolves once it accepts connections. */
export function startRedis(options?: { readonly sync?: 'everysec' | 'always' }): Promise<RedisServer>;
