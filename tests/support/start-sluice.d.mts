import type { SpawnOptions } from 'node:child_process';
import type { Finished } from './child.mjs';
import type { BrokerServer, ServerOptions } from './server.mjs';

/** Why Sluice cannot be started here, or undefined when it can. */
export function sluiceUnavailable(): string | undefined;

/** Runs one command of the `sluice` program to its end. */
export function runSluice(
  parameters: readonly string[],
  options?: SpawnOptions & { readonly timeoutMs?: number; readonly input?: string },
): Promise<Finished>;

/** Options particular to Sluice. */
export interface SluiceOptions extends ServerOptions {
  /** An existing data directory to open; it is then kept by `stop`. */
  readonly directory?: string;
  /** Flags of Node itself, such as `--cpu-prof`. */
  readonly nodeFlags?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

/** Starts a Sluice server on free ports; resolves once every listener accepts. */
export function startSluice(options?: SluiceOptions): Promise<BrokerServer>;
