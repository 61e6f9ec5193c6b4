/**
 * Free ports of the loopback address, for servers that cannot be told to choose one themselves. Each port is
 * given out once by this process, so two servers started together never receive the same one.
 */
import { createServer } from 'node:net';

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
