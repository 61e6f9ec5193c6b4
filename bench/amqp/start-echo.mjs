/**
 * A server that keeps nothing: it confirms each publish at once and delivers it to the connection's one
 * consumer. It is the upper bound of what a client program can be driven to, never a broker.
 */
import { fileURLToPath } from 'node:url';
import { startChild } from '../../tests/support/child.mjs';

/** Starts the echo in a process of its own. */
export async function startEcho() {
  const child = startChild(process.execPath, [fileURLToPath(new URL('./echo-server.mjs', import.meta.url))]);
  const port = await child.line((line) => (/^\d+$/.test(line) ? Number(line) : undefined), 10_000);
  return {
    kind: 'echo',
    version: '',
    pid: child.pid,
    url: `amqp://guest:guest@127.0.0.1:${port}`,
    async stop() {
      await child.end('SIGTERM', 5000);
    },
  };
}
