/**
 * One socket that speaks AMQP: takes it through the handshake, carries its session, and closes it. Invariant:
 * whatever a peer sends, and whatever fails inside, ends at most this connection.
 */
import type { Socket } from 'node:net';
import type { Identity } from '../../access/index.js';
import { emptyFieldTable } from '../../broker/index.js';
import { assert, SluiceError } from '../../kernel/index.js';
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
import type { ConnectionReport } from './connection-report.js';
import type { Flushable } from './flush-queue.js';
import { Handshake, type Claim, type HandshakeStep, type Tuning } from './handshake.js';
import type { Scanned } from './heartbeat-scan.js';
import { Intake, pauseReasons, type IntakeHandler } from './intake.js';
import { Liveness } from './liveness.js';
import { amqpEvents } from './logger.js';
import { Output } from './output.js';
import { peerOf, type Peer } from './peer.js';
import type { Holdable } from './publisher-hold.js';
import { printable, replyFor, replyOf, type Reply } from './reply-codes.js';
import type { ServerContext } from './server-context.js';
import { Session, type SessionLink } from './session.js';
import { signIn } from './sign-in.js';

type State =
  | { readonly kind: 'awaiting-header' }
  | { readonly kind: 'handshake'; readonly handshake: Handshake }
  | { readonly kind: 'signed-in'; readonly handshake: Handshake; readonly identity: Identity }
  | {
      readonly kind: 'tuned';
      readonly handshake: Handshake;
      readonly identity: Identity;
      readonly tuning: Tuning;
    }
  | { readonly kind: 'open'; readonly session: Session }
  /** `connection.close` was sent; only the answer counts. */
  | { readonly kind: 'closing' }
  /** Nothing more is to be said than what the output holds. */
  | { readonly kind: 'finishing' }
  | { readonly kind: 'ended' };

export class Connection implements Flushable, Scanned, Holdable, SessionLink, IntakeHandler {
  inTurn = false;
  inWait = false;
  readonly peer: Peer;
  readonly output: Output;
  readonly #context: ServerContext;
  readonly #socket: Socket;
  readonly #intake: Intake;
  readonly #liveness: Liveness;
  readonly #connectedMs: number;
  #state: State = { kind: 'awaiting-header' };
  #receivedBytes = 0;
  #isHeld = false;
  #isToldBlocked = false;

  /** `onEnd` is called once, when the socket is closed and the broker knows. */
  constructor(context: ServerContext, socket: Socket, onEnd: (connection: Connection) => void) {
    this.#context = context;
    this.#socket = socket;
    this.peer = peerOf(socket);
    this.#connectedMs = context.clock.now();
    this.#liveness = new Liveness(context.scan.now);
    this.#liveness.within(context.settings.handshakeMs, context.scan.now);
    this.output = new Output(context.pool, socket, () => {
      this.#progressed();
    });
    this.#intake = new Intake(socket, this);
    // Errors of a socket are followed by its `close`, which is all that matters here.
    socket.on('error', () => undefined);
    socket.on('end', () => {
      this.#lost();
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

  get report(): ConnectionReport {
    const info = this.session?.info;
    return {
      name: this.peer.name,
      peerAddress: this.peer.address,
      peerPort: this.peer.port,
      isEncrypted: this.peer.isEncrypted,
      state: this.#isHeld ? (this.#isToldBlocked ? 'blocked' : 'flow') : this.#state.kind,
      user: info?.identity.name,
      vhost: info?.vhost,
      tuning: info?.tuning,
      clientProperties: info?.clientProperties ?? emptyFieldTable,
      connectedMs: this.#connectedMs,
      receivedBytes: this.#receivedBytes,
      sentBytes: this.output.sentBytes,
      channels: this.session?.channelReports ?? [],
    };
  }

  // The reading side.

  received(bytes: number): void {
    this.#receivedBytes += bytes;
    this.#liveness.received(this.#context.scan.now);
  }

  protocolHeader(): void {
    const { serverProperties, settings } = this.#context;
    const handshake = new Handshake({
      serverProperties,
      channelMax: settings.channelMax,
      frameBytesMax: settings.frameBytesMax,
      heartbeatSeconds: settings.heartbeatSeconds,
      certificateShown: this.peer.authorized,
    });
    this.#state = { kind: 'handshake', handshake };
    this.send(0, handshake.start(), 0);
  }

  frame(type: number, channel: number, buffer: Buffer, start: number, end: number): void {
    if (type === frameTypes.heartbeat) return;
    if (channel !== 0) {
      this.#channelFrame(type, channel, buffer, start, end);
      return;
    }
    let number = 0;
    try {
      number = methodNumberAt(buffer, start, end);
      if (this.#state.kind === 'closing') this.#whileClosing(number);
      else if (this.#state.kind !== 'finishing') this.#method(decodeMethod(buffer, start, end));
    } catch (thrown) {
      this.fail(thrown, number);
    }
  }

  publish(channel: number, message: PublishView): void {
    if (this.#state.kind === 'open') this.#state.session.publish(channel, message);
    else if (this.#isHandshaking) this.fail(unexpectedFrame('content before connection.open'), 0);
  }

  unreadable(thrown: unknown): void {
    if (thrown instanceof ProtocolHeaderMismatch) this.#answerForeign(thrown);
    else this.fail(thrown, thrown instanceof ProtocolViolation ? methodOf(thrown) : 0);
    // What follows cannot be told apart any more: not even the client's agreement.
    this.#finish();
  }

  // What the session uses.

  send(channel: number, method: Method, sequence: number): void {
    const { output } = this;
    const at = output.reserve(methodFrameBytes(method));
    const end = writeMethod(output.buffer, at, channel, method);
    output.commit(end, sequence, this.#context.broker.durableSequence);
    this.appended();
  }

  appended(): void {
    if (!this.inTurn) this.#context.flushQueue.add(this);
  }

  suspend(): () => void {
    return this.#intake.suspend();
  }

  holdPublisher(): void {
    if (this.#isHeld) return;
    this.#isHeld = true;
    this.#context.hold.add(this);
    this.#intake.pause(pauseReasons.publisherHeld);
    this.#tellBlocked();
  }

  holdChanged(): void {
    this.#tellBlocked();
    if (!this.#context.hold.active) this.#release();
  }

  /** Closes the connection with the reply for `thrown`. */
  fail(thrown: unknown, method: number): void {
    const reply = replyFor(thrown);
    this.#logFailure(thrown, reply);
    this.#closeWith(reply, method);
  }

  // The server's side.

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
    switch (this.#liveness.due(now)) {
      case 'nothing':
        break;
      case 'send-heartbeat':
        this.#sendHeartbeat(now);
        break;
      case 'peer-silent':
        this.#log('warn', amqpEvents.heartbeatMissed, 'the client missed its heartbeats');
        this.#socket.destroy();
        return;
      case 'deadline-passed':
        if (this.#isHandshaking)
          this.#log('info', amqpEvents.handshakeTimeout, 'the handshake took too long');
        this.#socket.destroy();
        return;
    }
    const session = this.session;
    if (session !== undefined && !this.#context.broker.virtualHosts.has(session.info.vhost)) {
      this.close(`vhost '${session.info.vhost}' was deleted`);
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

  get #isHandshaking(): boolean {
    const { kind } = this.#state;
    return kind === 'awaiting-header' || kind === 'handshake' || kind === 'signed-in' || kind === 'tuned';
  }

  #channelFrame(type: number, channel: number, buffer: Buffer, start: number, end: number): void {
    if (this.#state.kind === 'open') this.#state.session.frame(type, channel, buffer, start, end);
    else if (this.#isHandshaking) this.fail(unexpectedFrame('a channel before connection.open'), 0);
  }

  /** A method of channel 0. */
  #method(method: Method): void {
    if (method.name === 'connection.close') {
      this.#closedByClient();
      return;
    }
    if (this.#state.kind === 'open') {
      if (method.name !== 'connection.update-secret') throw outOfTurn(method);
      void this.#updateSecret(this.#state.session, method.newSecret);
      return;
    }
    if (
      this.#state.kind === 'handshake' ||
      this.#state.kind === 'signed-in' ||
      this.#state.kind === 'tuned'
    ) {
      this.#step(this.#state.handshake.receive(method));
    }
  }

  #step(step: HandshakeStep): void {
    switch (step.kind) {
      case 'sign-in':
        void this.#signIn(step.claim);
        return;
      case 'refuse':
        void this.#signIn(undefined);
        return;
      case 'tuned':
        assert(this.#state.kind === 'signed-in', 'limits are agreed on after the sign-in');
        this.#state = { ...this.#state, kind: 'tuned', tuning: step.tuning };
        this.#intake.frameBytesMax = step.tuning.frameBytesMax;
        this.#liveness.agree(step.tuning.heartbeatSeconds, this.#context.scan.now);
        return;
      case 'open':
        this.#open(step.vhost);
        return;
    }
  }

  async #signIn(claim: Claim | undefined): Promise<void> {
    const resume = this.suspend();
    try {
      const identity = await signIn(this.#context, this.peer, claim);
      if (this.#state.kind === 'handshake') this.#signedIn(this.#state.handshake, identity);
    } catch (thrown) {
      this.fail(thrown, methodNumber('connection.start-ok'));
    } finally {
      resume();
    }
  }

  #signedIn(handshake: Handshake, identity: Identity | undefined): void {
    if (identity !== undefined) {
      this.#state = { kind: 'signed-in', handshake, identity };
      this.send(0, handshake.signedIn(), 0);
    } else if (handshake.capabilities.authenticationFailureClose) {
      const message = `Login was refused using authentication mechanism ${handshake.mechanism!}. For details see the broker logfile.`;
      this.#closeWith(replyOf(replyCodes.accessRefused, message), 0);
    } else {
      this.#socket.destroy();
    }
  }

  #open(vhost: string): void {
    assert(this.#state.kind === 'tuned', 'a virtual host is opened after the limits are agreed');
    const { handshake, identity, tuning } = this.#state;
    this.#requireVirtualHost(identity, vhost);
    const session = new Session(this.#context, this, {
      name: this.peer.name,
      peerAddress: this.peer.address,
      identity,
      vhost,
      tuning,
      capabilities: handshake.capabilities,
      clientProperties: handshake.clientProperties ?? emptyFieldTable,
    });
    this.#state = { kind: 'open', session };
    this.#liveness.withoutDeadline();
    this.send(0, { name: 'connection.open-ok' }, 0);
    this.#log('info', amqpEvents.connectionOpened, 'connection opened');
  }

  /** Only who administers is told whether a virtual host exists that it may not enter. */
  #requireVirtualHost(identity: Identity, vhost: string): void {
    const { access, broker } = this.#context;
    const exists = broker.virtualHosts.has(vhost);
    if (exists && access.decide(identity, { action: 'vhost-access', vhost }).allowed) return;
    const isTold = access.decide(identity, { action: 'administer' }).allowed;
    const message =
      !exists && isTold
        ? `vhost ${vhost} not found`
        : `access to vhost '${vhost}' refused for user '${identity.name}'`;
    throw new ProtocolViolation(replyCodes.notAllowed, message, methodNumber('connection.open'));
  }

  async #updateSecret(session: Session, secret: string): Promise<void> {
    const resume = this.suspend();
    const method = methodNumber('connection.update-secret');
    try {
      const claim = { mechanism: 'PLAIN', user: session.info.identity.name, password: secret } as const;
      const identity = await signIn(this.#context, this.peer, claim);
      if (this.session !== session) return;
      if (identity?.id === session.info.identity.id) this.send(0, { name: 'connection.update-secret-ok' }, 0);
      else this.fail(new SluiceError('refused', 'New secret was refused by one of the backends'), method);
    } catch (thrown) {
      this.fail(thrown, method);
    } finally {
      resume();
    }
  }

  #closedByClient(): void {
    const sequence = this.session?.end() ?? 0;
    this.#log('info', amqpEvents.connectionClosed, 'connection closed by the client');
    this.#release();
    this.send(0, { name: 'connection.close-ok' }, sequence);
    this.#state = { kind: 'finishing' };
  }

  #whileClosing(method: number): void {
    if (method === methodNumber('connection.close')) this.send(0, { name: 'connection.close-ok' }, 0);
    else if (method !== methodNumber('connection.close-ok')) return;
    this.#finish();
  }

  #closeWith(reply: Reply, method: number): void {
    const { kind } = this.#state;
    if (kind === 'closing' || kind === 'finishing' || kind === 'ended') return;
    this.session?.end();
    this.#release();
    this.#state = { kind: 'closing' };
    this.#liveness.within(this.#context.settings.closeMs, this.#context.scan.now);
    this.send(
      0,
      {
        name: 'connection.close',
        replyCode: reply.code,
        replyText: reply.text,
        classId: method >>> 16,
        methodId: method & 0xffff,
      },
      0,
    );
  }

  #answerForeign(mismatch: ProtocolHeaderMismatch): void {
    this.#log('info', amqpEvents.foreignProtocol, `the peer does not speak AMQP 0-9-1 (${mismatch.seen})`);
    const at = this.output.reserve(protocolHeader.length);
    protocolHeader.copy(this.output.buffer, at);
    this.output.commit(at + protocolHeader.length, 0, 0);
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
    if (output.unsentBytes > this.#replyBytesMax) this.#intake.pause(pauseReasons.outputFull);
    if (this.#state.kind === 'finishing' && !output.unflushed) {
      this.#liveness.within(this.#context.settings.closeMs, this.#context.scan.now);
      this.#socket.end();
    }
    return isWaiting || output.holding;
  }

  /** A client that sends requests without reading the answers is not read either. */
  get #replyBytesMax(): number {
    return 4 * this.#context.settings.unsentBytesMax;
  }

  /** The system took bytes. */
  #progressed(): void {
    if (this.output.unsentBytes <= this.#replyBytesMax / 2) this.#intake.resume(pauseReasons.outputFull);
    this.session?.progressed();
  }

  #sendHeartbeat(now: number): void {
    this.output.flush(this.#context.broker.durableSequence);
    this.output.overtake(heartbeatFrame);
    this.#liveness.sent(now);
  }

  #tellBlocked(): void {
    const session = this.session;
    const reason = this.#context.hold.alarmReason;
    if (session?.capabilities.connectionBlocked !== true || (reason !== undefined) === this.#isToldBlocked)
      return;
    this.#isToldBlocked = reason !== undefined;
    if (reason === undefined) {
      this.send(0, { name: 'connection.unblocked' }, 0);
      return;
    }
    this.send(0, { name: 'connection.blocked', reason }, 0);
    this.#log('warn', amqpEvents.connectionBlocked, `publisher blocked: ${reason}`);
  }

  #release(): void {
    if (!this.#isHeld) return;
    this.#isHeld = false;
    this.#context.hold.remove(this);
    this.#intake.resume(pauseReasons.publisherHeld);
  }

  /** The peer ended its side: without `connection.close` that is a loss, and nothing more is worth sending. */
  #lost(): void {
    if (this.#state.kind !== 'finishing') this.#socket.destroy();
  }

  #ended(): void {
    if (this.#state.kind === 'ended') return;
    if (this.session !== undefined) {
      this.#log('info', amqpEvents.connectionLost, 'connection lost');
      this.session.end();
    }
    this.#release();
    this.#state = { kind: 'ended' };
    this.#intake.stop();
    this.output.drop();
  }

  #logFailure(thrown: unknown, reply: Reply): void {
    if (reply.code === replyCodes.internalError) {
      this.#context.logger.error(
        { event: amqpEvents.internalError, connection: this.peer.name, err: thrown },
        'an internal error closes the connection',
      );
      return;
    }
    this.#log('warn', amqpEvents.connectionFailed, `connection closed with an error: ${reply.text}`);
  }

  #log(level: 'info' | 'warn', event: string, message: string): void {
    const info = this.session?.info;
    this.#context.logger[level](
      {
        event,
        connection: this.peer.name,
        user: info === undefined ? undefined : printable(info.identity.name),
        vhost: info === undefined ? undefined : printable(info.vhost),
      },
      message,
    );
  }
}

function methodOf(violation: ProtocolViolation): number {
  return violation.classId * 0x1_0000 + violation.methodId;
}

function outOfTurn(method: Method): ProtocolViolation {
  const message = `unexpected method ${method.name} in connection state running`;
  return new ProtocolViolation(replyCodes.channelError, message, methodNumber(method.name));
}
