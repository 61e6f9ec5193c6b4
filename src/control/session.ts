/**
 * One connection to the control socket. Requests run side by side; a line that makes no sense, or one too many,
 * ends the connection, and the end of the connection cancels what still runs.
 */
import type { Socket } from 'node:net';
import { SluiceError } from '../kernel/index.js';
import { LineReader } from './line-reader.js';
import { Mailbox } from './mailbox.js';
import type { BoundOperations, OperationCall } from './operation.js';
import { lineBytesMax, parseClientLine, wireErrorOf, type ClientLine, type Hello } from './protocol.js';

/** What a session asks of its server. */
export interface SessionHost {
  readonly hello: Hello;
  /** Resolves once `operation` can be looked up: some are there from the start, all when the server is ready. */
  operations(operation: string): Promise<BoundOperations>;
  /** Told of what no caller should have to see: bugs. */
  failed(operation: string, error: unknown): void;
}

const requestsMax = 64;
const messagesWaitingMax = 10_000;

interface Running {
  readonly mailbox: Mailbox;
  readonly abort: AbortController;
}

/** Serves one socket until it closes. */
export class ControlSession {
  readonly #socket: Socket;
  readonly #host: SessionHost;
  readonly #running = new Map<number, Running>();
  #writable: Promise<void> | undefined;

  constructor(socket: Socket, host: SessionHost) {
    this.#socket = socket;
    this.#host = host;
    const reader = new LineReader((line) => {
      this.#take(parseClientLine(line));
    }, lineBytesMax);
    socket.on('data', (chunk: Buffer) => {
      try {
        reader.push(chunk);
      } catch (error) {
        this.#send({ id: 0, error: wireErrorOf(error) });
        socket.destroySoon();
      }
    });
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      this.#cancelAll();
    });
    this.#send({ hello: host.hello });
  }

  #take(line: ClientLine): void {
    if (line.kind === 'request') {
      this.#start(line.id, line.operation, line.input);
      return;
    }
    // A message may cross with the end of its request: it is dropped then.
    const running = this.#running.get(line.id);
    if (line.kind === 'message') running?.mailbox.put(line.message);
    else running?.mailbox.close();
    if (line.kind === 'cancel') running?.abort.abort();
  }

  #start(id: number, name: string, input: unknown): void {
    if (this.#running.has(id)) throw new SluiceError('protocol', `request ${id} is already running`);
    if (this.#running.size >= requestsMax) {
      throw new SluiceError('limit-reached', `more than ${requestsMax} requests at a time`);
    }
    const running = { mailbox: new Mailbox(messagesWaitingMax), abort: new AbortController() };
    this.#running.set(id, running);
    void this.#run(id, name, input, running).finally(() => this.#running.delete(id));
  }

  async #run(id: number, name: string, input: unknown, running: Running): Promise<void> {
    const call: OperationCall<unknown, unknown> = {
      emit: (event) => this.#emit(id, event),
      messages: running.mailbox,
      signal: running.abort.signal,
    };
    try {
      const operation = (await this.#host.operations(name)).get(name);
      if (operation === undefined) {
        throw new SluiceError('not-implemented', `this server does not know the operation ${name}`);
      }
      // A signal does not fire again for those who listen late.
      if (running.abort.signal.aborted) throw new SluiceError('closed', 'cancelled');
      this.#send({ id, result: (await operation(input, call)) ?? null });
    } catch (error) {
      if (!(error instanceof SluiceError)) this.#host.failed(name, error);
      this.#send({ id, error: wireErrorOf(error) });
    }
  }

  async #emit(id: number, event: unknown): Promise<void> {
    if (this.#socket.destroyed) throw new SluiceError('closed', 'the caller is gone');
    this.#send({ id, event });
    await this.#writable;
  }

  #send(line: object): void {
    if (this.#socket.destroyed || this.#socket.writableEnded) return;
    if (this.#socket.write(`${JSON.stringify(line)}\n`)) return;
    this.#writable ??= new Promise((resolve) => {
      const done = (): void => {
        this.#socket.off('drain', done).off('close', done);
        this.#writable = undefined;
        resolve();
      };
      this.#socket.on('drain', done).on('close', done);
    });
  }

  #cancelAll(): void {
    for (const running of this.#running.values()) {
      running.abort.abort();
      running.mailbox.close();
    }
  }
}
