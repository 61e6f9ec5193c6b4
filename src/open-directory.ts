/**
 * Opens the engine on a directory: as its owner where nobody else is, attached to the owner otherwise. Invariant: what
 * lets others in, and what attaches, is loaded only where it is needed; a program alone on its directory loads neither.
 */
import { resolve } from 'node:path';
import type { DirectoryIdentity } from './control/index.js';
import type { OwnedDirectory, OwnerHost } from './engines/embedded/index.js';
import type { Engine, Sharing } from './engines/index.js';
import type { EmbeddedHost, HostedPorts } from './hosting/index.js';
import { SluiceError, type Clock } from './kernel/index.js';

export interface DirectoryOptions {
  readonly clock: Clock;
  readonly onFailure: (error: SluiceError) => void;
  readonly name: string | undefined;
  readonly leaseMs: number | undefined;
  /** False: a directory that is owned is refused. */
  readonly attach: boolean;
  readonly ports: HostedPorts;
}

interface OpenDirectory {
  readonly engine: Engine;
  readonly sharing: Sharing;
}

/** Rejects as `openEmbedded` does, and as `openAttached` where another process owns the directory. */
export async function openDirectory(directory: string, options: DirectoryOptions): Promise<OpenDirectory> {
  const path = resolve(directory);
  try {
    const { engine, ports } = await own(path, options, options.ports);
    return { engine, sharing: { role: 'owner', ports, on: () => () => undefined } };
  } catch (error) {
    const isOwned = error instanceof SluiceError && error.code === 'directory-owned';
    if (!isOwned || !options.attach) throw error;
  }
  const { openAttached } = await import('./engines/attached/index.js');
  const { clock, name, leaseMs } = options;
  return openAttached({
    directory: path,
    clock,
    name,
    leaseMs,
    own: (wanted) => takeOver(path, options, wanted),
  });
}

/**
 * Owns the directory after another owner. A port that somebody else has by now, or a receiver's secret that is gone, is
 * no reason to leave it ownerless.
 */
async function takeOver(directory: string, options: DirectoryOptions, wanted: DirectoryIdentity) {
  try {
    return await own(directory, options, options.ports, wanted);
  } catch (error) {
    if (!(error instanceof SluiceError)) throw error;
    const { governance, otlp, ...ports } = options.ports;
    const lesser =
      error.code === 'port-taken'
        ? { governance, otlp }
        : error.code === 'config-invalid'
          ? { ...ports, otlp }
          : undefined;
    if (lesser === undefined) throw error;
    process.emitWarning(`${error.message} This program goes on without it.`, 'SluiceWarning');
    return own(directory, options, lesser, wanted);
  }
}

async function own(
  directory: string,
  { clock, onFailure }: DirectoryOptions,
  wantedPorts: HostedPorts,
  wanted?: DirectoryIdentity,
) {
  const { openEmbedded } = await import('./engines/embedded/index.js');
  const host = new LazyHost(wantedPorts);
  const engine = await openEmbedded(directory, {
    clock,
    onFailure,
    host: (owned) => host.on(owned),
    ...(wanted === undefined ? {} : { wanted }),
  });
  return { engine, ports: host.ports };
}

/** The owner's host, loaded when somebody first asks for something, or at once where ports are wanted. */
class LazyHost implements OwnerHost {
  readonly #wanted: HostedPorts;
  #owned: OwnedDirectory | undefined;
  #host: Promise<EmbeddedHost> | undefined;
  ports: Readonly<Record<string, number>> = {};

  constructor(wanted: HostedPorts) {
    this.#wanted = wanted;
  }

  async on(owned: OwnedDirectory): Promise<OwnerHost> {
    this.#owned = owned;
    const { amqp, http, otlp, governance } = this.#wanted;
    const measures = governance !== undefined || otlp?.metrics === true;
    if (amqp !== undefined || http !== undefined || measures) this.ports = (await this.#load(owned)).ports;
    return this;
  }

  async operations() {
    if (this.#owned === undefined) return new Map<string, never>();
    return (await this.#load(this.#owned)).operations();
  }

  async stop(): Promise<void> {
    this.#owned = undefined;
    await (await this.#host?.catch(() => undefined))?.stop();
  }

  #load(owned: OwnedDirectory): Promise<EmbeddedHost> {
    this.#host ??= import('./hosting/index.js').then(({ startEmbeddedHost }) =>
      startEmbeddedHost(owned, this.#wanted),
    );
    return this.#host;
  }
}
