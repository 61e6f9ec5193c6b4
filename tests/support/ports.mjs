/**
 * Free ports of the loopback address, for servers that cannot be told to choose one themselves. Each port is
 * given out once by this process, so two servers started together never receive the same one.
 */
import { randomInt } from 'node:crypto';
import { connect, createServer } from 'node:net';

const given = new Set();

/** Listens on `wanted` for a moment and gives the port; undefined: it is taken. */
function probed(wanted) {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', (error) => (error.code === 'EADDRINUSE' ? resolve(undefined) : reject(error)));
    probe.listen(wanted, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

/** A port of 127.0.0.1 that nothing listens on. */
export async function freePort() {
  return firstFree(() => 0);
}

/** The same, below 32,768: some servers take no other. */
export async function freeLowPort() {
  return firstFree(() => randomInt(16_384, 32_768));
}

async function firstFree(choose) {
  for (;;) {
    const port = await probed(choose());
    if (port === undefined || given.has(port)) continue;
    given.add(port);
    return port;
  }
}

/** Resolves once something accepts connections on `port` of 127.0.0.1; rejects after `timeoutMs`. */
export async function accepting(port, timeoutMs) {
  const until = performance.now() + timeoutMs;
  for (;;) {
    const accepted = await new Promise((resolve) => {
      const socket = connect(port, '127.0.0.1');
      socket.once('connect', () => resolve(true));
      socket.once('error', () => resolve(false));
      socket.once('connect', () => socket.destroy());
    });
    if (accepted) return;
    if (performance.now() > until) throw new Error(`nothing accepts on port ${port}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
