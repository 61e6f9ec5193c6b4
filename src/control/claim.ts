/**
 * Owning a data directory: the kernel's lock says who, the control socket says it to others. The socket appears
 * under a temporary name and is renamed over whatever a dead owner left, so `control.sock` always answers, is
 * never seen half made, and is replaced only by the holder of the lock.
 */
import { randomBytes } from 'node:crypto';
import { chmod, mkdir, readdir, rename, stat, unlink } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { messageOf, SluiceError, systemCodeOf, type Clock } from '../kernel/index.js';
import { askOwner } from './ask-owner.js';
import { lockDirectory, type DirectoryLock } from './directory-lock.js';
import type { Hello } from './protocol.js';
import { controlSocketName, socketPath } from './socket-path.js';

/** A data directory that is ours until `release` or death. */
export interface DirectoryClaim {
  readonly directory: string;
  /** Hands over each connection to the control socket; those that came before wait for this call. */
  serve(onConnection: (socket: Socket) => void): void;
  /** Removes the socket and drops the lock; connections stay open. Safe to call twice. */
  release(): Promise<void>;
}

/** Bounds of the wait for an owner that neither answers nor is gone: it may be about to die. */
const silentOwnerMs = 2_000;
const retryMs = 20;

const temporaryPattern = /^\.control-[0-9a-f]+\.sock$/;

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
  const instead = 'Stop it with "sluice stop", or choose another directory with --data.';
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

/** `bind` happens inside `listen`, so the mask decides the socket's mode with no moment in between. */
function listenPrivately(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    const listen = (): Server => server.listen(path, resolve);
    let mask: number;
    try {
      mask = process.umask(0o177);
    } catch {
      // A worker thread may not set it.
      listen();
      return;
    }
    try {
      listen();
    } finally {
      process.umask(mask);
    }
  });
}

async function removeLeftovers(directory: string): Promise<void> {
  for (const name of await readdir(directory)) {
    if (temporaryPattern.test(name)) await unlink(join(directory, name));
  }
}

/** Appears at `control.sock` in one step, whatever was there. */
async function openSocket(directory: string, lock: DirectoryLock, server: Server): Promise<number> {
  const temporary = `.control-${randomBytes(6).toString('hex')}.sock`;
  await removeLeftovers(directory);
  await listenPrivately(server, socketPath(directory, temporary, lock.descriptor));
  await chmod(join(directory, temporary), 0o600);
  await rename(join(directory, temporary), join(directory, controlSocketName));
  return (await stat(join(directory, controlSocketName))).ino;
}

async function removeSocket(directory: string, inode: number): Promise<void> {
  const path = join(directory, controlSocketName);
  try {
    if ((await stat(path)).ino === inode) await unlink(path);
  } catch (error) {
    if (systemCodeOf(error) !== 'ENOENT') throw error;
  }
}

/**
 * Makes the directory if need be (mode 0700) and owns it. Rejects with 'directory-owned' (details: `owner`, a
 * `Hello`) while another process, or another claim of this one, has it, and 'bad-input' for a path that cannot
 * be a data directory.
 */
export async function claimDirectory(directory: string, clock: Clock): Promise<DirectoryClaim> {
  await makeDirectory(directory);
  const lock = await acquire(directory, clock);
  const early: Socket[] = [];
  let onConnection = (socket: Socket): void => void early.push(socket.pause());
  const server = createServer((socket) => {
    onConnection(socket);
  });
  let inode: number;
  try {
    inode = await openSocket(directory, lock, server);
  } catch (error) {
    server.close();
    await lock.release();
    throw unusable(directory, error);
  }
  let released: Promise<void> | undefined;
  const release = async (): Promise<void> => {
    await removeSocket(directory, inode);
    server.close();
    await lock.release();
  };
  return {
    directory,
    serve(listener) {
      onConnection = listener;
      for (const socket of early.splice(0)) listener(socket.resume());
    },
    release: () => (released ??= release()),
  };
}
