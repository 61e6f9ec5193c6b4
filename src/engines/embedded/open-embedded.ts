/**
 * Opens the embedded engine: owns the directory first, then recovers the broker in it. Invariant: the directory is
 * given up only when the broker no longer writes.
 */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { openBroker, type Broker, type BrokerLog, type BrokerOptions } from '../../broker/index.js';
import {
  claimDirectory,
  ControlServer,
  type BoundOperations,
  type DirectoryClaim,
  type DirectoryIdentity,
} from '../../control/index.js';
import {
  systemClock,
  systemDisk,
  systemRandom,
  type Clock,
  type Disk,
  type SluiceError,
} from '../../kernel/index.js';
import { EmbeddedEngine } from './embedded-engine.js';

/** A delivery here cannot outlive its handler's process, so it is never taken back from a slow one: ten years. */
const heldMsMax = 315_360_000_000;

/** A directory that this process owns, for what lets others in. */
export interface OwnedDirectory {
  readonly directory: string;
  readonly claim: Pick<DirectoryClaim, 'listen'>;
  readonly broker: Broker;
  readonly disk: Disk;
  readonly clock: Clock;
  /** The release of Sluice. */
  readonly version: string;
  /** When it came to own the directory, in milliseconds since the Unix epoch. */
  readonly sinceMs: number;
  readonly log: BrokerLog;
}

/** What the owner of a directory does for operators and other processes. */
export interface OwnerHost {
  /** What the control socket offers; asked for at each request. */
  operations(): Promise<BoundOperations>;
  /** Says goodbye to whoever is there. Called while the broker is still open; safe to call twice. */
  stop(): Promise<void>;
}

export interface EmbeddedOptions {
  /** Called once, after every call was answered, when the disk has failed: nothing more will be durable. */
  readonly onFailure: (error: SluiceError) => void;
  readonly clock?: Clock;
  readonly disk?: Disk;
  readonly settings?: NonNullable<BrokerOptions['settings']>;
  /** Told what happens, with stable event codes; never message bodies. */
  readonly log?: BrokerLog;
  /** Lets others in; when it rejects, nothing is open. Without it the control socket only says who the owner is. */
  readonly host?: (owned: OwnedDirectory) => Promise<OwnerHost>;
  /** The directory must be there, and be this one. */
  readonly wanted?: DirectoryIdentity;
}

const noHost: OwnerHost = {
  operations: () => Promise.resolve(new Map()),
  stop: () => Promise.resolve(),
};

/**
 * Makes the directory if need be. Rejects with `directory-owned` (details: `owner`) while another process, or
 * another `open` of this one, has it, and with what recovery found: `journal-damaged`, `format-newer`, `disk-failed`.
 */
export async function openEmbedded(directory: string, options: EmbeddedOptions): Promise<EmbeddedEngine> {
  const path = resolve(directory);
  const clock = options.clock ?? systemClock();
  const log = options.log ?? (() => undefined);
  const claim = await claimDirectory(path, clock, options.wanted);
  const version = release();
  const sinceMs = clock.now();
  // Answers who owns the directory. Operations, and processes that attach, come through here as well.
  const control = new ControlServer({
    claim,
    clock,
    version,
    kind: 'program',
    early: new Map(),
    failed: (operation, error) => {
      log('control.failed', { operation, error: String(error) });
    },
  });
  const giveUp = async (): Promise<void> => {
    control.stopping();
    await claim.release();
    control.close();
  };
  const disk = options.disk ?? systemDisk();
  let engine: EmbeddedEngine | undefined;
  let host = noHost;
  const letOthersGo = async (): Promise<void> => {
    control.stopping();
    await host.stop();
  };
  let broker: Broker | undefined;
  try {
    broker = await openBroker({
      directory: path,
      disk,
      clock,
      random: systemRandom(),
      onFailure: (error) => {
        engine?.fail(error);
        // Others get no more answers here: they hear at once that they must look for another owner.
        void letOthersGo();
        options.onFailure(error);
      },
      log,
      settings: { consumerTimeoutMs: heldMsMax, ...options.settings },
    });
    host =
      (await options.host?.({ directory: path, claim, broker, disk, clock, version, sinceMs, log })) ??
      noHost;
    engine = new EmbeddedEngine(path, broker, clock, giveUp, letOthersGo);
    control.ready(() => host.operations());
    return engine;
  } catch (error) {
    await broker?.close();
    await giveUp();
    throw error;
  }
}

/** The release of Sluice, from the package it runs in. */
function release(): string {
  const text = readFileSync(new URL('../../../package.json', import.meta.url), 'utf8');
  const { version } = JSON.parse(text) as { version?: unknown };
  return typeof version === 'string' ? version : 'unknown';
}
