/**
 * One socket that speaks AMQP: the stages of its life, and what each takes from the peer. Invariant: whatever a
 * peer sends, and whatever fails inside, ends at most this connection.
 */
import type { Socket } from 'node:net';
import type { BodyReader } from '../../broker/index.js';
import { SluiceError } from '../../kernel/index.js';
import {
  decodeMethod,
  frameTypes,
  heartbeatFrame,
  methodFrameBytes,
  methodNumber,
  methodNumberAt,
  ProtocolHeaderMismatch,
  protocolHeader,
  ProtocolViolation,
  replyCodes,
  unexpectedFrame,
  writeMethod,
  type Method,
  type PublishView,
} from './codec/index.js';
import { ConnectionLog } from './connection-log.js';
import type { Reported } from './connection-report.js';
import type { Flushable } from './flush-queue.js';
import type { Tuning } from './handshake.js';
import type { Scanned } from './heartbeat-scan.js';
import { HeldPublisher, type HeldHost } from './held-publisher.js';
import type { ThrottledReading } from './publisher-throttle.js';
import { Intake, pauseReasons, type IntakeHandler } from './intake.js';
import type { LeasePart } from './leases.js';
import { Liveness } from './liveness.js';
import { amqpEvents } from './logger.js';
import { Opening, type OpenedConnection, type OpeningHost } from './opening.js';
import { Output } from './output.js';
import type { Peer } from './peer.js';
import { replyFor, replyOf, type Reply } from './reply-codes.js';
import type { ServerContext } from './server-context.js';
import { Session, type SessionLink } from './session.js';
import { UnreadAnswers } from './unread-answers.js';
import { refreshSecret } from './update-secret.js';

type State =
  | { readonly kind: 'awaiting-header' }
  | { readonly kind: 'opening'; readonly opening: Opening }
  | { readonly kind: 'open'; readonly session: Session }
  /** `connection.close` was sent; only the answer counts. */
  | { readonly kind: 'closing' }
  /** Nothing more is to be said than what the output holds. */
  | { readonly kind: 'finishing' }
  | { readonly kind: 'ended' };

const close = methodNumber('connection.close');
const closeOk = methodNumber('connection.close-ok');

export class Connection
  implements Flushable, Scanned, SessionLink, IntakeHandler, OpeningHost, HeldHost, Reported
{
  inTurn = false;
  inWait = false;
  readonly peer: Peer;
  readonly connectedMs: number;
  receivedBytes = 0;
  readonly output: Output;
  readonly #context: ServerContext;
  readonly #socket: Socket;
  readonly #intake: Intake;
  readonly #liveness: Liveness;
  readonly #held: HeldPublisher;
  readonly #throttled: ThrottledReading;
  readonly #log: ConnectionLog;
  readonly #unread: UnreadAnswers;
  #state: State = { kind: 'awaiting-header' };
  #lease: LeasePart | undefined;

  /** `onEnd` is called once, when the socket is closed and the broker knows. */
  constructor(context: ServerContext, socket: Socket, peer: Peer, onEnd: (connection: Connection) => void) {
    this.#context = context;
    this.#socket = socket;
    this.peer = peer;
    this.#log = new ConnectionLog(context.logger, this.peer.name);
    this.connectedMs = context.clock.now();
    this.#liveness = new Liveness(context.scan.now);
    this.#liveness.within(context.settings.handshakeMs, context.scan.now);
    this.output = new Output(context.pool, socket, () => {
      this.#progressed();
    });
    this.#unread = new UnreadAnswers(4 * context.settings.unsentBytesMax);
    this.#intake = new Intake(socket, this, context.pool);
    this.#held = new HeldPublisher(context.hold, this);
    this.#throttled = context.throttles.reading(this.#intake);
    // Errors of a socket are followed by its `close`, which is all that matters here.
    socket.on('error', () => undefined);
    socket.on('end', () => {
      // Without `connection.close` that is a loss, and nothing more is worth sending.
      if (this.#state.kind !== 'finishing') socket.destroy();
    });
    socket.on('close', () => {
      this.#ended();
      onEnd(this);
    });
  }

  /** The session, once a virtual host is open. */
  get session(): Session | undefined {
    return this.#state.kind === 'open' ? this.#state.session : undefined;
  }

  /** The stage it is in, and once it is open, what holds it as a publisher. */
  get stage(): string {
    if (this.#state.kind !== 'open') return this.#state.kind;
    return this.#throttled.isActive ? 'throttled' : this.#held.state;
  }

  // What the reading side brings.

  received(bytes: number): void {
    this.receivedBytes += bytes;
    this.#liveness.received(this.#context.scan.now);
  }

  protocolHeader(): void {
    this.#state = { kind: 'opening', opening: new Opening(this.#context, this) };
  }

  frame(type: number, channel: number, buffer: Buffer, start: number, end: number): void {
    if (type === frameTypes.heartbeat) return;
    if (channel === 0) this.#methodFrame(buffer, start, end);
    else if (this.#state.kind === 'open') this.#state.session.frame(type, channel, buffer, start, end);
    else if (this.#isOpening) this.fail(unexpectedFrame('a channel before connection.open'), 0);
  }

  publish(channel: number, message: PublishView): void {
    if (this.#state.kind === 'open') this.#state.session.publish(channel, message);
    else if (this.#isOpening) this.fail(unexpectedFrame('a message before connection.open'), 0);
  }

  unreadable(thrown: unknown): void {
    if (thrown instanceof ProtocolHeaderMismatch) this.#answerForeign(thrown);
    else this.fail(thrown, thrown instanceof ProtocolViolation ? methodOf(thrown) : 0);
    // What follows cannot be told apart any more: not even the client's agreement.
    this.#finish();
  }

  // What the session and opening use.

  send(channel: number, method: Method, sequence: number): void {
    const { output } = this;
    const at = output.reserve(methodFrameBytes(method));
    const end = writeMethod(output.buffer, at, channel, method);
    output.commit(end, sequence, this.#context.broker.durableSequence);
    this.answered();
  }

  answered(): void {
    this.appended();
    this.#unread.grew(this);
  }

  appended(): void {
    if (!this.inTurn) this.#context.flushQueue.add(this);
  }

  suspend(): () => void {
    return this.#intake.suspend();
  }

  /** Closes the connection with the reply for `thrown`. */
  fail(thrown: unknown, method: number): void {
    const reply = replyFor(thrown);
    this.#log.failed(thrown, reply);
    this.#closeWith(reply, method);
  }

  /** Nothing can follow a body that broke off, but the connection's end. */
  bodyFailed(error: SluiceError, reader: BodyReader): void {
    this.output.abandon();
    if (this.#state.kind === 'open')
      this.fail(new SluiceError('disk-failed', error.message, { cause: error }), 0);
    else this.#socket.destroy();
    // Its message has gone back to the queue, and must not break the next connection.
    reader.giveUp(error);
  }

  refused(reply: Reply | undefined): void {
    if (reply === undefined) this.#socket.destroy();
    else this.#closeWith(reply, 0);
  }

  tuned(tuning: Tuning): void {
    this.#intake.frameBytesMax = tuning.frameBytesMax;
    this.#liveness.agree(tuning.heartbeatSeconds, this.#context.scan.now);
  }

  opened(result: OpenedConnection): void {
    const info = { ...result, name: this.peer.name, peerAddress: this.peer.address };
    this.#state = { kind: 'open', session: new Session(this.#context, this, info) };
    this.#lease = this.#context.leases.join(result);
    this.#log.owner = result;
    this.#liveness.withoutDeadline();
    this.send(0, { name: 'connection.open-ok' }, 0);
    this.#log.write('info', amqpEvents.connectionOpened, 'connection opened');
  }

  // What holding back publishers uses.

  holdPublisher(): void {
    this.#held.begin();
  }

  throttlePublisher(waitMs: number): void {
    this.#throttled.begin(waitMs);
  }

  get canBeTold(): boolean {
    return this.session?.capabilities.connectionBlocked === true;
  }

  stopReading(): void {
    this.#intake.pause(pauseReasons.publisherHeld);
  }

  readOn(): void {
    this.#intake.resume(pauseReasons.publisherHeld);
  }

  blocked(reason: string): void {
    this.#log.write('warn', amqpEvents.connectionBlocked, `publisher blocked: ${reason}`);
  }

  // What the server uses.

  flush(durableSequence: number): boolean {
    try {
      return this.#flush(durableSequence);
    } catch (thrown) {
      this.fail(thrown, 0);
      this.#socket.destroy();
      return false;
    }
  }

  tick(now: number): void {
    if (this.#intake.isPaused) this.#liveness.received(now);
    this.#lease?.tick(this.#liveness);
    switch (this.#liveness.due(now)) {
      case 'nothing':
        break;
      case 'send-heartbeat':
        this.output.flush(this.#context.broker.durableSequence);
        this.output.overtake(heartbeatFrame);
        this.#liveness.sent(now);
        break;
      case 'peer-silent':
        this.#log.write('warn', amqpEvents.heartbeatMissed, 'the client missed its heartbeats');
        this.#socket.destroy();
        return;
      case 'deadline-passed':
        if (this.#isOpening)
          this.#log.write('info', amqpEvents.handshakeTimeout, 'the handshake took too long');
        this.#socket.destroy();
        return;
    }
    const vhost = this.session?.info.vhost;
    if (vhost !== undefined && !this.#context.broker.virtualHosts.has(vhost)) {
      this.close(`vhost '${vhost}' was deleted`);
    }
  }

  /** Closes the connection for a reason of ours, with code 320. */
  close(reason: string): void {
    if (this.#state.kind === 'awaiting-header') this.#socket.destroy();
    else this.#closeWith(replyOf(replyCodes.connectionForced, reason), 0);
  }

  /** Ends the connection without a word. */
  destroy(): void {
    this.#socket.destroy();
  }

  get #isOpening(): boolean {
    return this.#state.kind === 'awaiting-header' || this.#state.kind === 'opening';
  }

  /** A frame of channel 0. */
  #methodFrame(buffer: Buffer, start: number, end: number): void {
    let number = 0;
    try {
      number = methodNumberAt(buffer, start, end);
      if (this.#state.kind === 'closing') this.#whileClosing(number);
      else if (this.#state.kind !== 'finishing') this.#method(decodeMethod(buffer, start, end));
    } catch (thrown) {
      this.fail(thrown, number);
    }
  }

  #method(method: Method): void {
    if (method.name === 'connection.close') {
      this.#closedByClient();
    } else if (this.#state.kind === 'opening') {
      this.#state.opening.receive(method);
    } else if (this.#state.kind === 'open') {
      if (method.name !== 'connection.update-secret') throw outOfTurn(method);
      void refreshSecret(this.#context, this, this.#state.session, method.newSecret);
    }
  }

  #closedByClient(): void {
    this.#log.write('info', amqpEvents.connectionClosed, 'connection closed by the client');
    const sequence = this.#giveBack();
    this.send(0, { name: 'connection.close-ok' }, sequence);
    this.#state = { kind: 'finishing' };
  }

  #whileClosing(method: number): void {
    if (method === close) this.send(0, { name: 'connection.close-ok' }, 0);
    else if (method !== closeOk) return;
    this.#finish();
  }

  #closeWith(reply: Reply, method: number): void {
    const { kind } = this.#state;
    if (kind === 'closing' || kind === 'finishing' || kind === 'ended') return;
    this.#giveBack();
    this.#state = { kind: 'closing' };
    this.#liveness.within(this.#context.settings.closeMs, this.#context.scan.now);
    const { code: replyCode, text: replyText } = reply;
    const [classId, methodId] = [method >>> 16, method & 0xffff];
    this.send(0, { name: 'connection.close', replyCode, replyText, classId, methodId }, 0);
  }

  /** Ends what the connection holds elsewhere; gives the sequence that a polite end waits for. */
  #giveBack(): number {
    if (this.#state.kind === 'opening') this.#state.opening.stop();
    const sequence = this.session?.end() ?? 0;
    this.#held.end();
    this.#throttled.end();
    return sequence;
  }

  #answerForeign(mismatch: ProtocolHeaderMismatch): void {
    const message = `the peer does not speak AMQP 0-9-1 (${mismatch.seen})`;
    this.#log.write('info', amqpEvents.foreignProtocol, message);
    const at = this.output.reserve(protocolHeader.length);
    const end = at + protocolHeader.copy(this.output.buffer, at);
    this.output.commit(end, 0, 0);
    this.appended();
  }

  /** Sends what is left, then ends the socket, and does not wait long for the peer to do so. */
  #finish(): void {
    if (this.#state.kind === 'ended') return;
    this.#state = { kind: 'finishing' };
    this.#intake.stop();
    this.#liveness.within(this.#context.settings.closeMs, this.#context.scan.now);
    this.appended();
  }

  #flush(durableSequence: number): boolean {
    const { output } = this;
    const wrote = output.flush(durableSequence);
    const isWaiting = this.session?.confirm(durableSequence) ?? false;
    if (output.flush(durableSequence) || wrote) this.#liveness.sent(this.#context.scan.now);
    if (this.#state.kind === 'finishing' && !output.unflushed) {
      this.#liveness.within(this.#context.settings.closeMs, this.#context.scan.now);
      this.#socket.end();
    }
    return isWaiting || output.holding;
  }

  /** The system took bytes, or a large body may go on. */
  #progressed(): void {
    this.#unread.shrank(this);
    this.session?.progressed();
    if (this.output.streaming) this.appended();
  }

  #ended(): void {
    if (this.session !== undefined) this.#log.write('info', amqpEvents.connectionLost, 'connection lost');
    this.#giveBack();
    this.#lease?.end();
    this.#state = { kind: 'ended' };
    this.#intake.stop();
    this.output.drop();
  }
}

function methodOf(violation: ProtocolViolation): number {
  return violation.classId * 0x1_0000 + violation.methodId;
}

function outOfTurn(method: Method): ProtocolViolation {
  const message = `unexpected method ${method.name} in connection state running`;
  return new ProtocolViolation(replyCodes.channelError, message, methodNumber(method.name));
}
