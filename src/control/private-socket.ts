/**
 * Sockets in a data directory that only its user may open. A socket appears under a temporary name and is renamed
 * over whatever a dead owner left, so a name always answers, is never seen half made, and has mode 0600 from the
 * first moment.
 */
import { randomBytes } from 'node:crypto';
import { chmod, readdir, rename, stat, unlink } from 'node:fs/promises';
import type { Server } from 'node:net';
import { join } from 'node:path';
import { systemCodeOf } from '../kernel/index.js';
import { attachSocketName, socketPath } from './socket-path.js';

const temporaryPattern = /^\.control-[0-9a-f]+\.sock$/;

/**
 * `bind` happens inside `listen`, so the mask decides the socket's mode with no moment in between. Exclusive: a
 * cluster's worker would else get a socket that its primary made, and that outlives the worker.
 */
function listenPrivately(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    const listen = (): Server => server.listen({ path, exclusive: true }, resolve);
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

/** Makes `server` answer at `name`, in one step, whatever was there. Gives the function that takes the name away. */
export async function openPrivateSocket(
  directory: string,
  name: string,
  descriptor: number,
  server: Server,
): Promise<() => Promise<void>> {
  const temporary = `.control-${randomBytes(6).toString('hex')}.sock`;
  await listenPrivately(server, socketPath(directory, temporary, descriptor));
  await chmod(join(directory, temporary), 0o600);
  await rename(join(directory, temporary), join(directory, name));
  const { ino } = await stat(join(directory, name));
  return () => removeSocket(join(directory, name), ino);
}

async function removeSocket(path: string, inode: number): Promise<void> {
  try {
    if ((await stat(path)).ino === inode) await unlink(path);
  } catch (error) {
    if (systemCodeOf(error) !== 'ENOENT') throw error;
  }
}

/** What a dead owner left that no new one replaces at once. */
export async function removeDeadSockets(directory: string): Promise<void> {
  for (const name of await readdir(directory)) {
    if (temporaryPattern.test(name) || name === attachSocketName) await unlink(join(directory, name));
  }
}
