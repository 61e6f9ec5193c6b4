/**
 * Where the control socket of a data directory is, as a path short enough for the kernel. A Unix socket's
 * address holds 107 bytes (103 on macOS); a longer one is reached through the open directory's descriptor.
 */
import { open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { SluiceError } from '../kernel/index.js';

/** The name of the control socket in a data directory. */
export const controlSocketName = 'control.sock';
/** The name of the socket through which other processes' engines attach; it is there once one has asked for it. */
export const attachSocketName = 'attach.sock';

const pathBytesMax = process.platform === 'linux' ? 107 : 103;

/** Throws 'bad-input' where a long path cannot be shortened. `descriptor` is the open directory's. */
export function socketPath(directory: string, name: string, descriptor: number): string {
  const path = join(directory, name);
  const bytes = Buffer.byteLength(path);
  if (bytes <= pathBytesMax) return path;
  if (process.platform === 'linux') return `/proc/self/fd/${descriptor}/${name}`;
  throw new SluiceError(
    'bad-input',
    `the path ${path} is ${bytes} bytes long; a socket's path may have ${pathBytesMax}. Choose a shorter data directory.`,
    { details: { path, bytes, bytesMax: pathBytesMax } },
  );
}

/** Opens a directory so that its descriptor can stand for its path. Rejects with the system's error. */
export function openDirectory(directory: string): Promise<FileHandle> {
  return open(directory, 'r');
}

/** Runs `use` with a path of a directory's socket that is good while it runs. Rejects with the system's error. */
export async function withSocketPath<Result>(
  directory: string,
  name: string,
  use: (path: string) => Promise<Result>,
): Promise<Result> {
  const handle = await openDirectory(directory);
  try {
    return await use(socketPath(directory, name, handle.fd));
  } finally {
    await handle.close();
  }
}
