/** Connects to the owner of a data directory and hears who it is. */
import { createConnection, type Socket } from 'node:net';
import { SluiceError, systemCodeOf } from '../kernel/index.js';
import { LineReader } from './line-reader.js';
import { lineBytesMax, parseServerLine, type Hello, type ServerLine } from './protocol.js';
import { controlSocketName, withSocketPath } from './socket-path.js';

/** A connection whose `hello` was heard. */
export interface OwnerConnection {
  readonly socket: Socket;
  readonly hello: Hello;
  /** Takes over the lines that follow. */
  onLine(listener: (line: ServerLine) => void): void;
}

/** Codes that mean that nobody listens. */
const absentCodes = new Set(['ENOENT', 'ECONNREFUSED', 'ENOTDIR', 'ENOTSOCK']);

function connect(directory: string): Promise<Socket> {
  return withSocketPath(
    directory,
    controlSocketName,
    (path) =>
      new Promise((resolve, reject) => {
        const socket = createConnection(path);
        socket.once('connect', () => {
          resolve(socket);
        });
        // It stays: an owner that dies while nobody else listens must not end this process. What counts is the close.
        socket.on('error', reject);
      }),
  );
}

function hear(socket: Socket, timeoutMs: number): Promise<OwnerConnection> {
  return new Promise((resolve, reject) => {
    let listener: ((line: ServerLine) => void) | undefined;
    const reader = new LineReader((text) => {
      const line = parseServerLine(text);
      if (listener !== undefined) {
        listener(line);
      } else if (line.kind === 'hello') {
        socket.setTimeout(0);
        socket.off('close', gone).off('error', gone).off('timeout', silent);
        resolve({ socket, hello: line.hello, onLine: (next) => (listener = next) });
      }
    }, lineBytesMax);
    const gone = (): void => {
      reject(new SluiceError('closed', 'the owner of the data directory hung up', { retryable: true }));
    };
    const silent = (): void => {
      reject(new SluiceError('timeout', 'the owner of the data directory does not answer'));
      socket.destroy();
    };
    if (socket.destroyed) gone();
    socket.on('close', gone).on('error', gone).on('timeout', silent);
    socket.setTimeout(timeoutMs);
    socket.on('data', (chunk: Buffer) => {
      try {
        reader.push(chunk);
      } catch {
        socket.destroy();
      }
    });
  });
}

/**
 * Gives undefined when nobody owns the directory, or it does not exist. Rejects with 'timeout' when the owner
 * is there and silent (stopped, or busy for longer), 'closed' when it hung up, or a system error.
 */
export async function askOwner(directory: string, timeoutMs: number): Promise<OwnerConnection | undefined> {
  let socket: Socket;
  try {
    socket = await connect(directory);
  } catch (error) {
    if (absentCodes.has(systemCodeOf(error) ?? '')) return undefined;
    throw error;
  }
  return hear(socket, timeoutMs);
}
