/**
 * The client's end of the control socket: calls operations of the server that owns a data directory. The
 * connection keeps the process alive until `close`.
 */
import { SluiceError } from '../kernel/index.js';
import { askOwner, type OwnerConnection } from './ask-owner.js';
import { controlProtocol, type Hello, type ServerLine } from './protocol.js';

/** A call that is under way. */
export interface ControlCall<Result = unknown, Message = unknown> {
  /** Rejects with the server's `SluiceError`, or 'connection-failed' when the server went away. */
  readonly result: Promise<Result>;
  /** Sends a message to an operation that takes a stream; resolves when more can be taken. */
  send(message: Message): Promise<void>;
  /** No more messages. */
  end(): void;
  /** Asks the operation to stop; its result still comes. */
  cancel(): void;
}

interface Pending {
  readonly onEvent: (event: unknown) => void;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: SluiceError) => void;
}

const helloTimeoutMs = 10_000;

/** One connection to a server. */
export class ControlClient {
  readonly hello: Hello;
  /** Resolves when the connection has ended, from whichever side. */
  readonly closed: Promise<void>;
  readonly #connection: OwnerConnection;
  readonly #pending = new Map<number, Pending>();
  #lastId = 0;

  /** See `connectControl`. */
  constructor(connection: OwnerConnection) {
    this.hello = connection.hello;
    this.#connection = connection;
    connection.onLine((line) => {
      this.#take(line);
    });
    const gone = (): void => {
      this.#fail(new SluiceError('connection-failed', 'the server went away before it answered'));
    };
    connection.socket.on('close', gone).on('error', gone);
    this.closed = new Promise((resolve) => {
      if (connection.socket.closed) resolve();
      connection.socket.once('close', () => {
        resolve();
      });
    });
  }

  /** Calls an operation. `onEvent` is told of what comes before the result. */
  call(operation: string, input: unknown, onEvent: (event: unknown) => void = () => undefined): ControlCall {
    const id = ++this.#lastId;
    const result = new Promise<unknown>((resolve, reject) => {
      this.#pending.set(id, { onEvent, resolve, reject });
    });
    void this.#send({ id, operation, input });
    return {
      result,
      send: (message) => this.#send({ id, message }),
      end: () => void this.#send({ id, end: true }),
      cancel: () => void this.#send({ id, cancel: true }),
    };
  }

  close(): void {
    this.#connection.socket.end();
  }

  async #send(line: object): Promise<void> {
    const { socket } = this.#connection;
    if (socket.destroyed) {
      this.#fail(new SluiceError('connection-failed', 'the server went away'));
      return;
    }
    if (socket.write(`${JSON.stringify(line)}\n`)) return;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        socket.off('drain', done).off('close', done);
        resolve();
      };
      socket.on('drain', done).on('close', done);
    });
  }

  #take(line: ServerLine): void {
    if (line.kind === 'hello') return;
    // Id 0 is the server's complaint about the connection itself.
    if (line.kind === 'error' && line.id === 0) {
      this.#fail(line.error);
      return;
    }
    const pending = this.#pending.get(line.id);
    if (pending === undefined) return;
    if (line.kind === 'event') {
      pending.onEvent(line.event);
      return;
    }
    this.#pending.delete(line.id);
    if (line.kind === 'result') pending.resolve(line.result);
    else pending.reject(line.error);
  }

  #fail(error: SluiceError): void {
    const pending = [...this.#pending.values()];
    this.#pending.clear();
    for (const { reject } of pending) reject(error);
  }
}

/**
 * Gives undefined when no server owns the directory. Rejects with 'unsupported' when it speaks another version
 * of the control protocol, and 'timeout' when it does not answer.
 */
export async function connectControl(directory: string): Promise<ControlClient | undefined> {
  const connection = await askOwner(directory, helloTimeoutMs);
  if (connection === undefined) return undefined;
  const { protocol, version } = connection.hello;
  if (protocol !== controlProtocol) {
    connection.socket.destroy();
    throw new SluiceError(
      'unsupported',
      `the server is Sluice ${version}, whose control protocol is ${protocol}, not ${controlProtocol}: use its own sluice command`,
    );
  }
  return new ControlClient(connection);
}
