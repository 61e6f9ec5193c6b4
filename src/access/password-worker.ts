/**
 * What a password thread does: one hash or check at a time, off the event loop and off the shared pool that
 * the journal's syncs use. A thread cannot load TypeScript, and tests run the sources, so the thread is given
 * the text of `servePasswords`: it may use nothing but its arguments.
 */
import { createRequire } from 'node:module';
import { Worker, type MessagePort } from 'node:worker_threads';

/** argon2id's number in the library's enumeration, which is not there at run time. */
const argon2id = 2;

/** Costs of a new hash. */
export interface HashingCost {
  readonly memoryKibibytes: number;
  readonly passes: number;
}

/** Work for a thread. A check takes its costs from the hash. */
export type PasswordWork =
  | { readonly kind: 'hash'; readonly password: string }
  | { readonly kind: 'verify'; readonly password: string; readonly hash: string };

/** The new hash, whether the password was right, or why neither could be told. */
export type PasswordReply =
  | { readonly kind: 'hashed'; readonly hash: string }
  | { readonly kind: 'verified'; readonly matches: boolean }
  | { readonly kind: 'failed'; readonly message: string };

interface ThreadOptions {
  readonly memoryCost: number;
  readonly timeCost: number;
  readonly parallelism: number;
  readonly algorithm: number;
}

interface Hashing {
  hashSync(password: string, options: ThreadOptions): string;
  verifySync(hash: string, password: string): boolean;
}

function servePasswords(port: MessagePort, hashing: Hashing, options: ThreadOptions): void {
  const answer = (work: PasswordWork): PasswordReply => {
    try {
      if (work.kind === 'hash') return { kind: 'hashed', hash: hashing.hashSync(work.password, options) };
      return { kind: 'verified', matches: hashing.verifySync(work.hash, work.password) };
    } catch (problem) {
      return { kind: 'failed', message: String(problem) };
    }
  };
  port.on('message', (work: PasswordWork) => {
    port.postMessage(answer(work));
  });
}

/** Starts one password thread. It does not keep the process alive. */
export function startPasswordThread(cost: HashingCost): Worker {
  const options: ThreadOptions = {
    memoryCost: cost.memoryKibibytes,
    timeCost: cost.passes,
    parallelism: 1,
    algorithm: argon2id,
  };
  const library = createRequire(import.meta.url).resolve('@node-rs/argon2');
  const text = `const { parentPort, workerData } = require('node:worker_threads');
    (${servePasswords.toString()})(parentPort, require(workerData.library), workerData.options);`;
  const worker = new Worker(text, { eval: true, workerData: { library, options }, name: 'sluice-passwords' });
  worker.unref();
  return worker;
}
