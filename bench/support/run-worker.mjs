/** Runs one of the benchmark's client programs in a process of its own and gives the JSON it prints. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** `events` receives each JSON line as it arrives; the last line is the result. */
export async function runWorker(url, settings, events = () => undefined) {
  const child = spawn(process.execPath, [fileURLToPath(url), JSON.stringify(settings)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const stop = () => child.kill('SIGKILL');
  process.once('exit', stop);
  let last;
  let partial = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    const lines = (partial + text).split('\n');
    partial = lines.pop();
    for (const line of lines) {
      last = JSON.parse(line);
      events(last);
    }
  });
  const [code, signal] = await once(child, 'close');
  process.removeListener('exit', stop);
  if (code !== 0) throw new Error(`${fileURLToPath(url)} ended with ${signal ?? code}`);
  return last;
}
