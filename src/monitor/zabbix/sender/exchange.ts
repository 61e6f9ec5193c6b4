/**
 * One request to a Zabbix server and its answer, on a connection of its own, as the protocol has it. Invariant: it ends
 * within its time whatever the server does, and leaves no socket behind.
 */
import { connect as connectPlain, type Socket } from 'node:net';
import { connect as connectEncrypted } from 'node:tls';
import { messageOf, SluiceError, type Clock } from '../../../kernel/index.js';
import { parseAnswer, type SenderAnswer } from './answer.js';
import { encodePacket, PacketReader } from './packet.js';
import { keyOptions, type PreSharedKey } from './pre-shared-key.js';
import type { ServerAddress } from './server-address.js';

export interface ExchangeOptions {
  readonly server: ServerAddress;
  /** Undefined: nothing is encrypted. */
  readonly key: PreSharedKey | undefined;
  readonly timeoutMs: number;
  readonly clock: Clock;
}

const answerBytesMax = 65_536;

/** Rejects with `connection-failed`, `timeout`, `protocol` or `refused`; all but `protocol` are retryable. */
export function exchange(body: Uint8Array, options: ExchangeOptions): Promise<SenderAnswer> {
  const { server, key, timeoutMs, clock } = options;
  const { promise, resolve, reject } = deferred<SenderAnswer>();
  const socket: Socket =
    key === undefined ? connectPlain(server) : connectEncrypted({ ...server, ...keyOptions(key) });
  const cancelTimer = clock.after(timeoutMs, () => {
    reject(new SluiceError('timeout', `no answer within ${timeoutMs} ms`, { retryable: true }));
  });
  const reader = new PacketReader(answerBytesMax);
  socket.once(key === undefined ? 'connect' : 'secureConnect', () => socket.write(encodePacket(body)));
  socket.on('data', (piece: Buffer) => {
    try {
      const answer = reader.push(piece);
      if (answer !== undefined) resolve(parseAnswer(answer));
    } catch (problem) {
      reject(problem);
    }
  });
  socket.on('error', (cause) => {
    reject(connectionFailed(messageOf(cause), cause));
  });
  socket.on('close', () => {
    reject(connectionFailed('the server closed the connection without an answer'));
  });
  return promise.finally(() => {
    cancelTimer();
    socket.destroy();
  });
}

function connectionFailed(why: string, cause?: unknown): SluiceError {
  return new SluiceError('connection-failed', why, { cause, retryable: true });
}

interface Deferred<Value> {
  readonly promise: Promise<Value>;
  readonly resolve: (value: Value) => void;
  readonly reject: (problem: unknown) => void;
}

/** The first of `resolve` and `reject` counts. */
function deferred<Value>(): Deferred<Value> {
  let settle: Omit<Deferred<Value>, 'promise'> | undefined;
  const promise = new Promise<Value>((resolve, reject) => {
    settle = { resolve, reject };
  });
  return { promise, ...settle! };
}
