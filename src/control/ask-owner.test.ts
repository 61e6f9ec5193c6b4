/** An owner that dies between taking a connection and saying who it is. */
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { SluiceError } from '../kernel/index.js';
import { askOwner } from './ask-owner.js';

const net = vi.hoisted<{ atConnect?: (socket: import('node:net').Socket) => void }>(() => ({}));

vi.mock('node:net', async (original) => {
  const real = await original<typeof import('node:net')>();
  const createConnection = (path: string): import('node:net').Socket => {
    const socket = real.createConnection(path);
    socket.once('connect', () => {
      net.atConnect?.(socket);
    });
    return socket;
  };
  return { ...real, createConnection };
});

it('is told as hung up, also when the connection breaks before anybody listens to it', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'sluice-ask-owner-'));
  const server = createServer().listen(join(directory, 'control.sock'));
  await once(server, 'listening');
  // As from the kernel: the connection was in the queue of an owner that was killed.
  net.atConnect = (socket) => {
    socket.destroy(new SluiceError('closed', 'reset'));
  };
  try {
    await expect(askOwner(directory, 1_000)).rejects.toMatchObject({ code: 'closed' });
  } finally {
    server.close();
    await rm(directory, { recursive: true, force: true });
  }
});
