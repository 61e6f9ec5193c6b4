/** `sluice demo` as a child: where its console is, and its end. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { inRoot } from '../preparation/paths.mjs';

/** Resolves with the console's address once the demonstration tells it. */
export async function startDemonstration(...options) {
  const child = spawn(process.execPath, [inRoot('bin', 'sluice.js'), 'demo', ...options], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  for await (const line of createInterface({ input: child.stdout })) {
    const address = /\bConsole +(http:\S+?)\/? /.exec(line)?.[1];
    if (address === undefined) continue;
    child.stdout.resume();
    const stop = async () => {
      child.kill('SIGTERM');
      await ended;
    };
    return { address, stop };
  }
  throw new Error('The demonstration ended before it told where its console is.');
}

const headers = { authorization: `Basic ${Buffer.from('guest:guest').toString('base64')}` };

/** Resolves with the identifier of the incident that the sick worker makes, once its cause is known. */
export async function incidentOf(address, patienceMs) {
  const endMs = Date.now() + patienceMs;
  while (Date.now() < endMs) {
    const response = await fetch(`${address}/v1/incidents?limit=20&sort=-opened`, { headers });
    const { items } = await response.json();
    const found = items.find(({ state, causes }) => state !== 'resolved' && causes.length > 0);
    if (found !== undefined) return found.id;
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  }
  throw new Error(`No incident within ${patienceMs / 1_000} s.`);
}
