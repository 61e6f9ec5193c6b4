/** A PostgreSQL started by `startPostgres`. */
export interface PostgresServer {
  readonly kind: 'postgresql';
  readonly version: string;
  readonly pid: number | undefined;
  readonly port: number;
  /** Of the user `postgres`. */
  readonly password: string;
  /** With user and password, of the database `postgres`. */
  readonly url: string;
  /** Ends it and removes its data. Safe to call twice. */
  stop(): Promise<void>;
  /** The last of what it printed. */
  log(): string;
}

/** Why PostgreSQL cannot be started here, or undefined when it can. */
export function postgresUnavailable(): string | undefined;

/**
 * Resolves once it accepts connections. `settings` are lines of its configuration, such as `fsync=off`: for what is only
 * a part of a test, and never for a measurement.
 */
export function startPostgres(options?: { readonly settings?: readonly string[] }): Promise<PostgresServer>;
