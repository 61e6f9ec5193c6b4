/** Opens the engine on a directory that somebody else owns, or that has no owner any more a moment later. */
import { setTimeout as wait } from 'node:timers/promises';
import { askOwner, identifyDirectory, type DirectoryIdentity } from '../../control/index.js';
import { SluiceError, type Clock } from '../../kernel/index.js';
import type { Engine, Sharing } from '../index.js';
import { attachTo, type Attachment } from './attach.js';
import { SharedEngine } from './shared-engine.js';
import { Succession, type OwnedEngine } from './succession.js';
import { Tenure } from './tenure.js';

export type { OwnedEngine } from './succession.js';

export interface AttachedOptions {
  /** Absolute. */
  readonly directory: string;
  readonly clock: Clock;
  /** The name of the connection, as the owner lists it. */
  readonly name: string | undefined;
  /** How long the owner waits for this process before others get what it holds. */
  readonly leaseMs: number | undefined;
  /** Owns the directory itself. Rejects with `directory-owned` where somebody else does. */
  readonly own: (wanted: DirectoryIdentity) => Promise<OwnedEngine>;
}

/** Between two tries, while one owner ends and another begins. */
const retryMs = 20;
const probeTimeoutMs = 5_000;
/** An owner that is just ending or beginning; anything else is told to the caller. */
const passing = new Set(['directory-owned', 'closed', 'connection-failed']);

/**
 * Attaches, or owns the directory where its owner is gone meanwhile. Rejects with `timeout` when the owner does not
 * answer, `unsupported` when it lets nobody attach, and as `own` does.
 */
export async function openAttached(options: AttachedOptions): Promise<{ engine: Engine; sharing: Sharing }> {
  const identity = await identifyDirectory(options.directory);
  for (;;) {
    const attachment = await orPassing(() => attachTo(options));
    if (attachment !== undefined) return share(options, identity, attachment);
    const owned = await orPassing(() => options.own(identity));
    if (owned !== undefined) {
      const { engine, ports } = owned;
      return { engine, sharing: { role: 'owner', ports, on: () => () => undefined } };
    }
    await wait(retryMs);
  }
}

async function orPassing<Result>(attempt: () => Promise<Result>): Promise<Result | undefined> {
  try {
    return await attempt();
  } catch (error) {
    if (error instanceof SluiceError && passing.has(error.code)) return undefined;
    throw error;
  }
}

function share(
  options: AttachedOptions,
  identity: DirectoryIdentity,
  attachment: Attachment,
): { engine: Engine; sharing: Sharing } {
  const { directory, clock, own } = options;
  const tenure = new Tenure(directory, clock, attachment.engine);
  const succession: Succession = new Succession({
    identity,
    tenure,
    own,
    attach: () => attachTo(options),
    prepare: (next) => engine.prepare(next),
  });
  const engine: SharedEngine = new SharedEngine(
    {
      directory,
      clock,
      tenure,
      probe: () => answers(directory),
      close: () => succession.close(),
    },
    attachment.engine,
  );
  succession.follow(attachment);
  return { engine, sharing: succession };
}

/** Whether the owner says hello; one that is gone is no silent one. */
async function answers(directory: string): Promise<boolean> {
  try {
    (await askOwner(directory, probeTimeoutMs))?.socket.destroy();
    return true;
  } catch (error) {
    return !(error instanceof SluiceError && error.code === 'timeout');
  }
}
