/**
 * Owning a data directory: the kernel's lock says who, the control socket says it to others. Invariant: a socket in
 * the directory is replaced only by the holder of the lock.
 */
import { fstatSync } from 'node:fs';
import { mkdir, stat } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { messageOf, SluiceError, systemCodeOf, type Clock } from '../kernel/index.js';
import { askOwner } from './ask-owner.js';
import { lockDirectory, type DirectoryLock } from './directory-lock.js';
import type { Hello } from './protocol.js';
import { openPrivateSocket, removeDeadSockets } from './private-socket.js';
import { controlSocketName } from './socket-path.js';

/** A data directory that is ours until `release` or death. */
export interface DirectoryClaim {
  readonly directory: string;
  /** Hands over each connection to the control socket; those that came before wait for this call. */
  serve(onConnection: (socket: Socket) => void): void;
  /** Lets a further server of the caller's answer at a name in the directory; for this user only. */
  listen(name: string, server: Server): Promise<void>;
  /** Removes the sockets and drops the lock; connections stay open. Safe to call twice. */
  release(): Promise<void>;
}

/** What a path led to: a directory by its device and inode. */
export interface DirectoryIdentity {
  readonly device: bigint;
  readonly inode: bigint;
}

/** Bounds of the wait for an owner that neither answers nor is gone: it may be about to die. */
const silentOwnerMs = 2_000;
const retryMs = 20;

const forbiddenCodes = new Set(['EACCES', 'EPERM', 'EROFS']);

function unusable(directory: string, error: unknown): unknown {
  const code = systemCodeOf(error) ?? '';
  const details = { directory };
  if (forbiddenCodes.has(code)) {
    const message = `${directory} cannot be written by this user (${code})`;
    return new SluiceError('access-refused', message, { cause: error, details });
  }
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new SluiceError('disk-full', `${directory} has no space left (${code})`, {
      cause: error,
      details,
    });
  }
  return error;
}

async function makeDirectory(directory: string): Promise<void> {
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
  } catch (error) {
    const known = unusable(directory, error);
    if (known instanceof SluiceError) throw known;
    const detail = systemCodeOf(error) === 'EEXIST' ? 'it is not a directory' : messageOf(error);
    throw new SluiceError('bad-input', `${directory} cannot be the data directory: ${detail}`, {
      cause: error,
      details: { directory },
    });
  }
}

function owned(directory: string, owner: Hello | undefined): SluiceError {
  const who =
    owner === undefined
      ? 'another process, which does not answer'
      : `process ${owner.pid}, since ${new Date(owner.sinceMs).toISOString()}`;
  const end = owner?.kind === 'program' ? 'End that program' : 'Stop it with "sluice stop"';
  const instead = `${end}, or choose another directory with --data.`;
  return new SluiceError('directory-owned', `${directory} is owned by ${who}. ${instead}`, {
    retryable: owner?.state === 'stopping',
    details: { directory, ...(owner === undefined ? {} : { owner }) },
  });
}

/** Who answers on the control socket: somebody, nobody, or somebody who stays silent. */
async function ownerOf(directory: string): Promise<Hello | 'nobody' | 'silent'> {
  try {
    const connection = await askOwner(directory, silentOwnerMs / 2);
    connection?.socket.destroy();
    return connection?.hello ?? 'nobody';
  } catch (error) {
    return error instanceof SluiceError && error.code === 'timeout' ? 'silent' : 'nobody';
  }
}

/**
 * The lock, and nobody on the socket. The socket is asked by the winner too: an owner that locked in the other
 * way (it has no `flock`, or runs in another network) does not hold our lock.
 */
async function acquire(directory: string, clock: Clock): Promise<DirectoryLock> {
  const giveUpAt = clock.monotonic() + silentOwnerMs;
  for (;;) {
    const lock = await lockDirectory(directory);
    const owner = await ownerOf(directory);
    if (lock !== undefined && owner === 'nobody') return lock;
    await lock?.release();
    if (typeof owner === 'object') throw owned(directory, owner);
    if (owner === 'silent' || clock.monotonic() >= giveUpAt) throw owned(directory, undefined);
    await wait(retryMs);
  }
}

/** Refuses a directory that is not the one that was there before. */
function requireSame(directory: string, { device, inode }: DirectoryIdentity, lock: DirectoryLock): void {
  const now = fstatSync(lock.descriptor, { bigint: true });
  if (now.dev === device && now.ino === inode) return;
  throw new SluiceError('not-found', `${directory} is another directory now; the one that was open is gone`, {
    details: { directory },
  });
}

/** Tells a directory from another one that later has its path. Rejects with 'not-found'. */
export async function identifyDirectory(directory: string): Promise<DirectoryIdentity> {
  try {
    const { dev, ino } = await stat(directory, { bigint: true });
    return { device: dev, inode: ino };
  } catch (error) {
    if (systemCodeOf(error) !== 'ENOENT') throw error;
    throw new SluiceError('not-found', `the data directory ${directory} is gone`, {
      cause: error,
      details: { directory },
    });
  }
}

async function lockWanted(
  directory: string,
  clock: Clock,
  wanted: DirectoryIdentity | undefined,
): Promise<DirectoryLock> {
  if (wanted === undefined) await makeDirectory(directory);
  else await identifyDirectory(directory);
  const lock = await acquire(directory, clock);
  try {
    if (wanted !== undefined) requireSame(directory, wanted, lock);
    return lock;
  } catch (error) {
    await lock.release();
    throw error;
  }
}

/**
 * Makes the directory if need be (mode 0700) and owns it; with `wanted` it must be there, and be that one. Rejects
 * with 'directory-owned' (details: `owner`, a `Hello`) while another process, or another claim of this one, has it,
 * 'bad-input' for a path that cannot be a data directory, and 'not-found' where the wanted one is gone.
 */
export async function claimDirectory(
  directory: string,
  clock: Clock,
  wanted?: DirectoryIdentity,
): Promise<DirectoryClaim> {
  const lock = await lockWanted(directory, clock, wanted);
  const early: Socket[] = [];
  let onConnection = (socket: Socket): void => void early.push(socket.pause());
  const server = createServer((socket) => {
    onConnection(socket);
  });
  const removals: (() => Promise<void>)[] = [];
  const open = async (name: string, opened: Server): Promise<void> => {
    removals.push(await openPrivateSocket(directory, name, lock.descriptor, opened));
  };
  try {
    await removeDeadSockets(directory);
    await open(controlSocketName, server);
  } catch (error) {
    server.close();
    await lock.release();
    throw unusable(directory, error);
  }
  let released: Promise<void> | undefined;
  const release = async (): Promise<void> => {
    for (const remove of removals) await remove();
    server.close();
    await lock.release();
  };
  return {
    directory,
    serve(listener) {
      onConnection = listener;
      for (const socket of early.splice(0)) listener(socket.resume());
    },
    listen: open,
    release: () => (released ??= release()),
  };
}
