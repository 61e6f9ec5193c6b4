/** The server that the demonstration runs: the real `sluice up`, in a process of its own. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { SluiceError } from '../kernel/index.js';

const program = fileURLToPath(new URL('./server-entry.js', import.meta.url));
const linesKept = 20;

/** Its configuration: the rule that comes with Sluice, which ends sooner when all is well, so that nobody waits. */
const rules = `alerts:
  rules:
    - name: deadline-misses
      metric: share(rate(sluice_deadlines_missed_total, 30s), rate(sluice_messages_acknowledged_total, 30s))
      while: [{ metric: 'rate(sluice_deadlines_missed_total, 30s)', above: 0.05 }]
      above: 0.02
      clear: 0.005
      for: 15s
      clearFor: 15s
      summary: '{value} of the messages of {queue} miss their deadline'
`;

export interface DemoServer {
  readonly directory: string;
  /** `amqp://` of the server. */
  readonly url: string;
  readonly consoleUrl: string;
  readonly pid: number;
  /** Stops it, and removes the directory that was made for it. Safe to call twice. */
  stop(): Promise<void>;
}

export interface DemoServerOptions {
  /** Undefined: a directory that goes with the demonstration. */
  readonly directory: string | undefined;
  /** 0: any free one. */
  readonly amqp: string;
  readonly http: string;
}

interface Ready {
  readonly pid: number;
  readonly ports: Readonly<Record<string, number>>;
}

/** Rejects with what the server said when it does not start. */
export async function startDemoServer(options: DemoServerOptions): Promise<DemoServer> {
  const directory = options.directory ?? (await mkdtemp(join(tmpdir(), 'sluice-demo-')));
  const ports = ['--amqp', options.amqp, '--http', options.http];
  const config = join(directory, 'demo.yaml');
  await mkdir(directory, { recursive: true });
  await writeFile(config, rules);
  const words = ['up', '--data', directory, '--config', config, ...ports, '--json'];
  const child = spawn(process.execPath, [program, ...words], {
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const stop = stopper(child, options.directory === undefined ? directory : undefined);
  try {
    const { pid, ports: open } = await readiness(child);
    const url = `amqp://guest:guest@127.0.0.1:${open['amqp']}`;
    return { directory, url, consoleUrl: `http://127.0.0.1:${open['http']}/`, pid, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function stopper(child: ChildProcess, temporary: string | undefined): () => Promise<void> {
  let stopping: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) {
      const exited = once(child, 'exit');
      child.stdin?.end();
      await exited;
    }
    if (temporary !== undefined) await rm(temporary, { recursive: true, force: true });
  };
  return () => (stopping ??= stop());
}

/** The line that `sluice up --json` prints when it is ready. */
async function readiness(child: ChildProcess): Promise<Ready> {
  const said: string[] = [];
  child.stderr!.setEncoding('utf8').on('data', (text: string) => {
    said.push(text);
    if (said.length > linesKept) said.shift();
  });
  const lines = createInterface({ input: child.stdout! });
  const failed = once(child, 'exit').then(() => {
    throw new SluiceError('closed', `the server of the demonstration did not start: ${said.join('').trim()}`);
  });
  const [line] = (await Promise.race([once(lines, 'line'), failed])) as [string];
  failed.catch(() => undefined);
  return JSON.parse(line) as Ready;
}
