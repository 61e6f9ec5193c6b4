/** Traffic beside a measurement, from a process of its own. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const clientPath = fileURLToPath(new URL('load-client.mjs', import.meta.url));

/** Starts it; resolves once messages flow. `stop` resolves when it has ended. */
export async function startLoad(settings) {
  const child = spawn(process.execPath, [clientPath, JSON.stringify(settings)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const closed = once(child, 'close');
  const first = await Promise.race([once(child.stdout, 'data'), closed.then(() => undefined)]);
  if (first === undefined) throw new Error('the load did not start');
  child.stdout.resume();
  return {
    async stop() {
      child.stdin.end();
      await closed;
    },
  };
}
