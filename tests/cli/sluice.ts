/** A server in a folder of its own and the `sluice` command on it, as a user has them. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startChild } from '../support/child.mjs';
import { runSluice } from '../support/start-sluice.mjs';

export const launcher = fileURLToPath(new URL('../../bin/sluice.js', import.meta.url));
const readyTimeoutMs = 30_000;

/** What a command left behind. */
export type Outcome = Awaited<ReturnType<typeof runSluice>>;

/** The line that `sluice up --json` prints. */
export interface ReadyLine {
  readonly ready: true;
  readonly pid: number;
  readonly ports: { readonly amqp: number; readonly amqps?: number; readonly http?: number };
}

/** A `sluice up` that was started. */
export type Server = ReturnType<typeof startChild> & { readonly ready: Promise<ReadyLine> };

/** A folder with the servers and commands of one test. */
export class Workplace {
  readonly folder: string;
  readonly #servers: Server[] = [];

  constructor(folder: string) {
    this.folder = folder;
  }

  get data(): string {
    return join(this.folder, 'data');
  }

  /** Runs one command in the folder. */
  sluice(words: readonly string[], input?: string): Promise<Outcome> {
    return runSluice(words, { cwd: this.folder, ...(input === undefined ? {} : { input }) });
  }

  /** Starts a server; it ends with the test. */
  up(words: readonly string[] = [], nodeFlags: readonly string[] = []): Server {
    const flags = ['up', '--json', '--amqp', '0', '--http', 'off', ...words];
    const child = startChild(process.execPath, [...nodeFlags, launcher, ...flags], { cwd: this.folder });
    const ready = child.line(
      (line) => (line.startsWith('{"ready"') ? (JSON.parse(line) as ReadyLine) : undefined),
      readyTimeoutMs,
    );
    // A test that waits for the exit does not wait for the line.
    ready.catch(() => undefined);
    const server = Object.assign(child, { ready });
    this.#servers.push(server);
    return server;
  }

  async close(): Promise<void> {
    for (const server of this.#servers) await server.end('SIGKILL', 5_000);
    await rm(this.folder, { recursive: true, force: true });
  }
}

export async function makeWorkplace(): Promise<Workplace> {
  return new Workplace(await mkdtemp(join(tmpdir(), 'sluice-cli-')));
}
