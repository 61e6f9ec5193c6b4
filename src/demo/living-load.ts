/**
 * The living sample: three services on the server, each a process of its own, and a sick worker that joins one of them
 * after a while. Invariant: every process ends with the demonstration.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { CancelTimer, Clock } from '../kernel/index.js';
import type { Role } from './service-entry.js';

const program = fileURLToPath(new URL('./service-entry.js', import.meta.url));
const services: readonly Role[] = ['orders', 'billing', 'mail'];
/** A slow worker comes to billing after this. */
export const sickAfterMs = 60_000;

export interface LivingLoad {
  /** Resolves when the sick worker is there. */
  readonly sick: Promise<void>;
  /** Safe to call twice. */
  stop(): Promise<void>;
}

/** `told` hears what happens; `pace` shortens the time until something goes wrong. */
export function startLivingLoad(url: string, clock: Clock, pace: number): LivingLoad {
  const children: ChildProcess[] = [];
  const start = (role: Role): void => {
    // Their standard input ends with this process, however it ends: then they end, too.
    children.push(spawn(process.execPath, [program, role, url], { stdio: ['pipe', 'ignore', 'ignore'] }));
  };
  for (const role of services) start(role);
  let cancel: CancelTimer | undefined;
  const sick = new Promise<void>((resolve) => {
    cancel = clock.after(sickAfterMs / pace, () => {
      start('sick');
      resolve();
    });
  });
  return {
    sick,
    async stop() {
      cancel?.();
      await Promise.all(children.map(end));
    },
  };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.stdin?.end();
  await exited;
}
