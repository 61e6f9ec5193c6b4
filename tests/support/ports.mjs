/**
 * Free ports of the loopback address, for servers that cannot be told to choose one themselves. Each port is
 * given out once by this process, so two servers started together never receive the same one.
 */
import { connect, createServer } from 'node:net';

const given = new Set();

/** A port of 127.0.0.1 that nothing listens on. */
export async function freePort() {
  for (;;) {
    const port = await new Promise((resolve, reject) => {
      const probe = createServer();
      probe.once('error', reject);
      probe.listen(0, '127.0.0.1', () => {
        const { port: chosen } = probe.address();
        probe.close(() => resolve(chosen));
      });
    });
    if (given.has(port)) continue;
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
