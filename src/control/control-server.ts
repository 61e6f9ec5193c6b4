/**
 * Serves operations on the control socket of a claimed directory. The socket answers from the first moment:
 * `hello` tells the state, early operations run at once, and the others wait until the server is ready.
 */
import type { Socket } from 'node:net';
import { SluiceError, type Clock } from '../kernel/index.js';
import type { DirectoryClaim } from './claim.js';
import type { BoundOperations } from './operation.js';
import { controlProtocol, type Hello, type ServerState } from './protocol.js';
import { ControlSession } from './session.js';

const sessionsMax = 256;

/** What a control server needs. */
export interface ControlServerOptions {
  readonly claim: DirectoryClaim;
  readonly clock: Clock;
  /** The release of Sluice, for `hello`. */
  readonly version: string;
  /** For `hello`. */
  readonly kind?: 'program';
  /** Operations that work while the server is still starting or already stopping. */
  readonly early: BoundOperations;
  /** Told of errors that are bugs. */
  readonly failed: (operation: string, error: unknown) => void;
}

/** Where the operations come from; called for each request. */
export type OperationSource = () => BoundOperations | Promise<BoundOperations>;

/** The running control socket. */
export class ControlServer {
  readonly #options: ControlServerOptions;
  readonly #sinceMs: number;
  readonly #sessions = new Set<Socket>();
  #state: ServerState = 'starting';
  #operations: OperationSource | undefined;
  #waiting: (() => void)[] = [];

  constructor(options: ControlServerOptions) {
    this.#options = options;
    this.#sinceMs = options.clock.now();
    options.claim.serve((socket) => {
      this.#accept(socket);
    });
  }

  get state(): ServerState {
    return this.#state;
  }

  /** Makes every operation available; they are asked for when somebody calls one. */
  ready(operations: OperationSource): void {
    this.#operations = operations;
    this.#state = 'ready';
    this.#wake();
  }

  /** Refuses operations from now on, but for the early ones; `hello` says so. */
  stopping(): void {
    this.#operations = undefined;
    this.#state = 'stopping';
    this.#wake();
  }

  /** Ends every session once what was written to it has left. */
  close(): void {
    for (const socket of this.#sessions) socket.destroySoon();
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }

  #hello(): Hello {
    return {
      protocol: controlProtocol,
      version: this.#options.version,
      pid: process.pid,
      sinceMs: this.#sinceMs,
      state: this.#state,
      ...(this.#options.kind === undefined ? {} : { kind: this.#options.kind }),
    };
  }

  #accept(socket: Socket): void {
    if (this.#sessions.size >= sessionsMax) {
      socket.destroy();
      return;
    }
    this.#sessions.add(socket);
    socket.once('close', () => this.#sessions.delete(socket));
    new ControlSession(socket, {
      hello: this.#hello(),
      operations: (name) => this.#operationsFor(name),
      failed: this.#options.failed,
    });
  }

  async #operationsFor(name: string): Promise<BoundOperations> {
    if (this.#options.early.has(name)) return this.#options.early;
    while (this.#state === 'starting') {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    if (this.#operations === undefined) {
      throw new SluiceError('closed', 'the server is stopping', { retryable: true });
    }
    return this.#operations();
  }
}
