/** Runs one of the Python programs beside a server, gathering the facts it prints and restarting on demand. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { restartHard, type Facts, type Life } from './client-life.js';
import { python } from './installed.js';

/** The path of a program in `python/`. */
export function pythonPath(name: string): string {
  return fileURLToPath(new URL(`./python/${name}`, import.meta.url));
}

/** Runs `program` through a client's life; gives all facts it printed, later ones over earlier. */
export async function runPythonLife(life: Life, program: string, ...parameters: string[]): Promise<Facts> {
  const child = spawn(python, [pythonPath(program), life.server.url, life.prefix, ...parameters], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' },
  });
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  const closed = once(child, 'close') as Promise<[number | null]>;
  const timer = setTimeout(() => child.kill('SIGKILL'), 50_000);
  const facts: Facts = {};
  try {
    for await (const line of createInterface({ input: child.stdout })) {
      const told = JSON.parse(line) as Facts;
      if (told['restart'] === true) {
        await restartHard(life.server);
        child.stdin.write('\n');
      } else Object.assign(facts, told);
    }
    const [code] = await closed;
    if (code !== 0) {
      const seen = JSON.stringify(facts);
      throw new Error(`${program} ended with ${String(code)} after ${seen}:\n${errors}`);
    }
    return facts;
  } finally {
    clearTimeout(timer);
    child.kill('SIGKILL');
  }
}
