/**
 * One process at a time holds a data directory, by a lock that the kernel drops when the process dies: an
 * `flock` on the directory itself. Node has no call for it, but a lock belongs to the open file, which a child
 * shares: the child `flock` takes it and ends, and our descriptor goes on holding it.
 */
import { spawn } from 'node:child_process';
import { constants, open, type FileHandle } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { SluiceError, systemCodeOf } from '../kernel/index.js';
import { openDirectory } from './socket-path.js';

/** A held lock. Dropping the descriptor drops the lock. */
export interface DirectoryLock {
  /** Of the open directory. */
  readonly descriptor: number;
  release(): Promise<void>;
}

type Attempt = 'locked' | 'busy' | 'unavailable';

function lockByChild(descriptor: number): Promise<Attempt> {
  return new Promise((resolve) => {
    const child = spawn('flock', ['-n', '3'], { stdio: ['ignore', 'ignore', 'ignore', descriptor] });
    child.once('error', () => {
      resolve('unavailable');
    });
    child.once('exit', (code) => {
      resolve(code === 0 ? 'locked' : code === 1 ? 'busy' : 'unavailable');
    });
  });
}

/**
 * Where there is no `flock` program: a socket in Linux's abstract namespace, named by the directory's device
 * and inode. It is weaker, for another network namespace does not see it and any local user may squat it.
 */
async function lockByName(directory: FileHandle): Promise<Server | undefined> {
  const { dev, ino } = await directory.stat({ bigint: true });
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', (error) => {
      if (systemCodeOf(error) === 'EADDRINUSE') resolve(undefined);
      else reject(error);
    });
    // Exclusive: a cluster's primary would else hold it for its worker, and longer.
    server.listen({ path: `\0sluice-${dev}-${ino}`, exclusive: true }, () => {
      server.unref();
      resolve(server);
    });
  });
}

async function lockOnLinux(path: string): Promise<DirectoryLock | undefined> {
  const directory = await openDirectory(path);
  try {
    const attempt = await lockByChild(directory.fd);
    if (attempt === 'locked') return { descriptor: directory.fd, release: () => directory.close() };
    const named = attempt === 'unavailable' ? await lockByName(directory) : undefined;
    if (named !== undefined) {
      return {
        descriptor: directory.fd,
        release: async () => {
          named.close();
          await directory.close();
        },
      };
    }
  } catch (error) {
    await directory.close();
    throw error;
  }
  await directory.close();
  return undefined;
}

/** BSD's `open` takes the lock itself. */
const exclusiveLockFlag = 0x20;

async function lockOnBsd(path: string): Promise<DirectoryLock | undefined> {
  try {
    const directory = await open(path, constants.O_RDONLY | constants.O_NONBLOCK | exclusiveLockFlag);
    return { descriptor: directory.fd, release: () => directory.close() };
  } catch (error) {
    const code = systemCodeOf(error);
    if (code === 'EAGAIN' || code === 'EWOULDBLOCK') return undefined;
    throw error;
  }
}

/** Gives undefined while another process holds the directory. Rejects with 'unsupported' or a system error. */
export function lockDirectory(path: string): Promise<DirectoryLock | undefined> {
  if (process.platform === 'linux') return lockOnLinux(path);
  if (process.platform === 'darwin' || process.platform.endsWith('bsd')) return lockOnBsd(path);
  return Promise.reject(
    new SluiceError('unsupported', `a data directory cannot be locked on ${process.platform} yet`),
  );
}
