/**
 * Opens the embedded engine: owns the directory first, then recovers the broker in it. Invariant: the directory is
 * given up only when the broker no longer writes.
 */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { openBroker, type BrokerLog, type BrokerOptions } from '../../broker/index.js';
import { claimDirectory, ControlServer } from '../../control/index.js';
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

export interface EmbeddedOptions {
  /** Called once, after every call was answered, when the disk has failed: nothing more will be durable. */
  readonly onFailure: (error: SluiceError) => void;
  readonly clock?: Clock;
  readonly disk?: Disk;
  readonly settings?: NonNullable<BrokerOptions['settings']>;
  /** Told what happens, with stable event codes; never message bodies. */
  readonly log?: BrokerLog;
}

/**
 * Makes the directory if need be. Rejects with `directory-owned` (details: `owner`) while another process, or
 * another `open` of this one, has it, and with what recovery found: `journal-damaged`, `format-newer`, `disk-failed`.
 */
export async function openEmbedded(directory: string, options: EmbeddedOptions): Promise<EmbeddedEngine> {
  const path = resolve(directory);
  const clock = options.clock ?? systemClock();
  const log = options.log ?? (() => undefined);
  const claim = await claimDirectory(path, clock);
  // Answers who owns the directory. Operations, and processes that attach, come through here as well.
  const control = new ControlServer({
    claim,
    clock,
    version: release(),
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
  let engine: EmbeddedEngine | undefined;
  try {
    const broker = await openBroker({
      directory: path,
      disk: options.disk ?? systemDisk(),
      clock,
      random: systemRandom(),
      onFailure: (error) => {
        engine?.fail(error);
        options.onFailure(error);
      },
      log,
      settings: { consumerTimeoutMs: heldMsMax, ...options.settings },
    });
    engine = new EmbeddedEngine(path, broker, clock, giveUp);
    control.ready(new Map());
    return engine;
  } catch (error) {
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
