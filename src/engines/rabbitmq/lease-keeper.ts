/**
 * Keeps a connection's lease from a thread: a small connection of its own, whose heartbeats tell a Sluice server that
 * this process lives, however busy its event loop is. It stops with the process, also when that is only stopped.
 *
 * A thread cannot load TypeScript, and tests run the sources, so the thread is given the text of `keepLease`: it may
 * use nothing but its arguments.
 */
import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import type { connect, credentials } from 'amqplib';

/** Between two tries to open the keeper's connection. */
const retryMs = 1_000;

export interface LeaseKeeping {
  readonly url: string;
  /** A server on this machine: the path of its socket, good until the keeper is connected. */
  readonly socketPath: string | undefined;
  /** The lease, as the leased connection named it. */
  readonly lease: string;
  /** As the server lists the keeper's connection. */
  readonly name: string;
}

interface Client {
  readonly connect: typeof connect;
  readonly credentials: typeof credentials;
}

/** Tells `onTried` after each try to connect. */
function keepLease(client: Client, keeping: LeaseKeeping, pauseMs: number, onTried: () => void): void {
  const properties = { connection_name: keeping.name, sluice_lease_keeper: keeping.lease };
  const local =
    keeping.socketPath === undefined
      ? { keepAlive: true }
      : { path: keeping.socketPath, credentials: client.credentials.external() };
  const again = (): void => {
    setTimeout(keep, pauseMs);
  };
  const keep = (): void => {
    client.connect(keeping.url, { ...local, timeout: 10_000, clientProperties: properties }).then(
      (model) => {
        model.on('error', () => undefined);
        model.on('close', again);
        onTried();
      },
      () => {
        again();
        onTried();
      },
    );
  };
  keep();
}

export class LeaseKeeper {
  readonly #thread: Worker;
  /** Resolves when it is connected, or could not be for the first time. It goes on trying. */
  readonly tried: Promise<void>;

  /** Starts the thread. It does not keep the process alive. */
  constructor(keeping: LeaseKeeping) {
    const library = createRequire(import.meta.url).resolve('amqplib');
    const text = `const { parentPort, workerData } = require('node:worker_threads');
      const { library, keeping, retryMs } = workerData;
      const onTried = () => parentPort.postMessage('tried');
      (${keepLease.toString()})(require(library), keeping, retryMs, onTried);`;
    this.#thread = new Worker(text, {
      eval: true,
      workerData: { library, keeping, retryMs },
      name: 'sluice-lease',
    });
    this.tried = new Promise((resolve) => {
      this.#thread.once('message', () => {
        resolve();
      });
      this.#thread.once('exit', () => {
        resolve();
      });
    });
    // Without it the leased connection lives by its own heartbeats.
    this.#thread.on('error', () => undefined);
    this.#thread.unref();
  }

  async stop(): Promise<void> {
    await this.#thread.terminate();
  }
}
