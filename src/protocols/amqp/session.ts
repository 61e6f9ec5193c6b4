/**
 * An open connection as the broker sees it: its channels, and the frames that belong to them. Invariant: what
 * goes wrong on one channel ends that channel or this connection, never more.
 */
import type {
  FieldTable,
  BodyReader,
  BrokerConnection,
  BufferedReturn,
  GetReply,
  InboundMessage,
  MessageView,
} from '../../broker/index.js';
import type { SluiceError } from '../../kernel/index.js';
import type { ChunkPool } from './chunk-pool.js';
import { ChannelSession, type ChannelReport } from './channel-session.js';
import {
  AcknowledgementView,
  decodeMethod,
  frameTypes,
  methodNumber,
  methodNumberAt,
  methodNumbers,
  ProtocolViolation,
  PublishView,
  readAcknowledgement,
  replyCodes,
  type ContentLimits,
  type Method,
} from './codec/index.js';
import { amqpEvents } from './logger.js';
import { ConfirmList } from './confirm-list.js';
import { MessageWriter } from './message-writer.js';
import { directReplyQueue } from './direct-reply.js';
import type { OpenedConnection } from './opening.js';
import type { Output } from './output.js';
import type { Publishing } from './publishing.js';
import { printable, replyFor } from './reply-codes.js';
import { Rights } from './rights.js';
import type { ClientCapabilities } from './server-properties.js';
import type { ServerContext } from './server-context.js';
import type { SessionHost } from './session-host.js';
import type { ChunkStore } from './streamed-body.js';
import { Traffic } from './traffic.js';

/** What a session needs of the socket's side of its connection. */
export interface SessionLink {
  readonly output: Output;
  send(channel: number, method: Method, sequence: number): void;
  /** Something was appended to the output. */
  appended(): void;
  /** Something that the client asked for was appended. */
  answered(): void;
  suspend(): () => void;
  /** A message was published while publishers are to be held. */
  holdPublisher(): void;
  /** A limit on publishers was reached: nothing is to be read for so long. */
  throttlePublisher(waitMs: number): void;
  fail(thrown: unknown, method: number): void;
  /** A body that was begun cannot be sent to its end. */
  bodyFailed(error: SluiceError, reader: BodyReader): void;
}

/** Who the session serves, and what was agreed. */
export interface SessionInfo extends OpenedConnection {
  readonly name: string;
  readonly peerAddress: string | undefined;
}

const channelOpen = methodNumber('channel.open');
const channelClose = methodNumber('channel.close');
const channelCloseOk = methodNumber('channel.close-ok');

export class Session implements SessionHost {
  readonly info: SessionInfo;
  readonly rights: Rights;
  readonly capabilities: ClientCapabilities;
  readonly brokerConnection: BrokerConnection;
  readonly limits: ContentLimits;
  readonly inbound: InboundMessage;
  readonly view = new PublishView();
  readonly traffic: Traffic;
  readonly #context: ServerContext;
  readonly #link: SessionLink;
  readonly #writer: MessageWriter;
  /** By number; a client chooses them, so they may be far apart. */
  readonly #channels = new Map<number, ChannelSession>();
  readonly #confirms: ConfirmList;
  readonly #acknowledgement = new AcknowledgementView();
  #lastChannel: ChannelSession | undefined;
  #writable = true;
  #ended = false;

  constructor(context: ServerContext, link: SessionLink, info: SessionInfo) {
    this.#context = context;
    this.#link = link;
    this.info = info;
    this.capabilities = info.capabilities;
    this.limits = context.limits;
    this.traffic = new Traffic(context.clock, this.#channels);
    this.inbound = context.inbound;
    this.rights = new Rights(context.access, info.identity, info.vhost);
    this.#confirms = new ConfirmList(link.output);
    const { frameBytesMax } = info.tuning;
    this.#writer = new MessageWriter(link.output, context.source, frameBytesMax, (error, reader) => {
      link.bodyFailed(error, reader);
    });
    this.brokerConnection = context.broker.connect({
      name: info.name,
      user: info.identity.name,
      vhost: info.vhost,
      clientName: clientNameIn(info.clientProperties),
      isClient: true,
    });
  }

  get heldSequence(): number {
    return this.#link.output.heldSequence;
  }

  get channelCount(): number {
    return this.#channels.size;
  }

  get channelReports(): ChannelReport[] {
    return [...this.#channels.values()].map((channel) => channel.report);
  }

  /** Takes one frame of a channel other than 0. What it breaks is closed before this returns. */
  frame(type: number, number: number, buffer: Buffer, start: number, end: number): void {
    let method: number = methodNumbers.basicPublish;
    const channel = this.#channel(number);
    try {
      if (type === frameTypes.method) {
        method = methodNumberAt(buffer, start, end);
        this.#method(channel, number, method, buffer, start, end);
      } else if (channel === undefined) {
        throw new ProtocolViolation(replyCodes.channelError, "expected 'channel.open'");
      } else if (channel.isOpen) {
        if (type === frameTypes.header) channel.publishing.header(buffer, start, end);
        else channel.publishing.body(buffer, start, end);
      }
    } catch (thrown) {
      this.#failed(channel, thrown, method);
    }
  }

  /** Takes a message that arrived whole. */
  publish(number: number, view: PublishView): void {
    const channel = this.#channel(number);
    try {
      if (channel === undefined) throw unopened(methodNumbers.basicPublish);
      if (channel.isOpen) channel.publishing.publish(view);
    } catch (thrown) {
      this.#failed(channel, thrown, methodNumbers.basicPublish);
    }
  }

  /** Sends the confirms that `durableSequence` allows; gives whether some must still wait. */
  confirm(durableSequence: number): boolean {
    return this.#confirms.settle(durableSequence);
  }

  /** The system took bytes from the output. */
  progressed(): void {
    if (this.#writable || this.#ended) return;
    if (this.#link.output.unsentBytes > this.#context.settings.unsentBytesMax / 4) return;
    this.#writable = true;
    this.brokerConnection.setWritable(true);
  }

  /** Rights changed: whoever may no longer read a queue stops getting its messages. */
  recheckRights(): void {
    for (const channel of [...this.#channels.values()]) channel.recheckRights();
  }

  /** Gives everything back to the broker; the sequence to wait for. Safe to call twice. */
  end(): number {
    if (this.#ended) return 0;
    this.#ended = true;
    for (const channel of this.#channels.values()) channel.end();
    this.#context.churn.channelsClosed += this.#channels.size;
    this.#channels.clear();
    this.#lastChannel = undefined;
    this.#confirms.clear();
    return this.brokerConnection.close();
  }

  send(channel: number, method: Method, sequence: number): void {
    this.#link.send(channel, method, sequence);
  }

  suspend(): () => void {
    return this.#link.suspend();
  }

  get pool(): ChunkPool {
    return this.#context.pool;
  }

  get chunks(): ChunkStore {
    return this.#context.broker;
  }

  published(exchange: string | undefined): void {
    const { hold, throttles } = this.#context;
    if (hold.active) this.#link.holdPublisher();
    if (throttles.isEmpty || exchange === undefined) return;
    const { name: connection, vhost, identity } = this.info;
    const waitMs = throttles.take({ connection, vhost, user: identity.name, exchange });
    if (waitMs > 0) this.#link.throttlePublisher(waitMs);
  }

  confirming(publishing: Publishing): void {
    this.#confirms.add(publishing);
    this.#link.appended();
  }

  reject(channel: number, tag: number): void {
    this.#confirms.reject(channel, tag);
    this.#link.appended();
  }

  deliver(
    channel: number,
    consumerTag: Buffer,
    deliveryTag: number,
    redelivered: boolean,
    message: MessageView,
    sequence: number,
  ): void {
    const durableSequence = this.#context.broker.durableSequence;
    this.#writer.deliver(channel, consumerTag, deliveryTag, redelivered, message, sequence, durableSequence);
    this.#link.appended();
    if (this.#writable && this.#link.output.unsentBytes > this.#context.settings.unsentBytesMax) {
      this.#writable = false;
      this.brokerConnection.setWritable(false);
    }
  }

  answerGet(channel: number, answer: Extract<GetReply, { kind: 'message' }>): void {
    const { deliveryTag, redelivered, messageCount, message, releaseSequence } = answer;
    const durableSequence = this.#context.broker.durableSequence;
    this.#writer.getOk(
      channel,
      deliveryTag,
      redelivered,
      messageCount,
      message,
      releaseSequence,
      durableSequence,
    );
    this.#link.answered();
  }

  returnMessage(channel: number, message: InboundMessage, keptBody: Buffer | undefined): void {
    this.#writer.returned(channel, message, keptBody);
    this.#link.appended();
  }

  returnBuffered(channel: number, message: BufferedReturn): void {
    this.#writer.returnedBuffered(channel, message);
    this.#link.appended();
  }

  requireConsume(queue: string): void {
    if (queue !== directReplyQueue) this.rights.require('read', 'queue', queue);
  }

  topologyChanged = (event: 'topology-created' | 'topology-deleted', subject: string): void => {
    this.#context.access.audit.record({
      event,
      actor: this.info.identity.name,
      source: this.info.peerAddress ?? 'attached process',
      subject: `${subject} in vhost '${this.info.vhost}'`,
      outcome: 'success',
    });
  };

  failChannel(channel: ChannelSession, thrown: unknown, method: number): void {
    if (!channel.isOpen) return;
    const reply = replyFor(thrown);
    if (reply.scope === 'connection') {
      this.failConnection(thrown, method);
      return;
    }
    const { name, identity, vhost } = this.info;
    this.#context.logger.info(
      {
        event: amqpEvents.channelFailed,
        connection: name,
        channel: channel.number,
        user: printable(identity.name),
        vhost: printable(vhost),
        reply: reply.text,
      },
      'channel closed with an error',
    );
    this.#confirms.remove(channel.publishing);
    channel.fail(reply, method);
  }

  failConnection(thrown: unknown, method: number): void {
    this.#link.fail(thrown, method);
  }

  forget(channel: ChannelSession): void {
    if (this.#channels.delete(channel.number)) {
      this.#context.churn.channelsClosed++;
      this.traffic.keep(channel);
    }
    if (this.#lastChannel === channel) this.#lastChannel = undefined;
    this.#confirms.remove(channel.publishing);
  }

  #channel(number: number): ChannelSession | undefined {
    if (this.#lastChannel?.number === number) return this.#lastChannel;
    const channel = this.#channels.get(number);
    if (channel !== undefined) this.#lastChannel = channel;
    return channel;
  }

  #method(
    channel: ChannelSession | undefined,
    number: number,
    method: number,
    buffer: Buffer,
    start: number,
    end: number,
  ): void {
    if (channel === undefined) {
      this.#withoutChannel(number, method);
      return;
    }
    if (!channel.isOpen) {
      this.#closingChannel(channel, method);
      return;
    }
    const view = this.#acknowledgement;
    switch (method) {
      case methodNumbers.basicPublish:
        channel.publishing.method(buffer, start, end);
        return;
      case methodNumbers.basicAck:
        readAcknowledgement(buffer, start, end, view);
        channel.acknowledge(view.deliveryTag, view.multiple);
        return;
      case methodNumbers.basicNack:
        readAcknowledgement(buffer, start, end, view);
        if (view.requeue) channel.giveBack(view.deliveryTag, view.multiple);
        else channel.reject(view.deliveryTag, view.multiple, false);
        return;
      case methodNumbers.basicReject:
        readAcknowledgement(buffer, start, end, view);
        channel.reject(view.deliveryTag, view.multiple, view.requeue);
        return;
      case channelOpen:
        throw new ProtocolViolation(replyCodes.channelError, "second 'channel.open' seen", method);
      default:
        channel.receive(decodeMethod(buffer, start, end));
    }
  }

  #withoutChannel(number: number, method: number): void {
    // The client's answer may cross our own close.
    if (method === channelCloseOk) return;
    if (method !== channelOpen) throw unopened(method);
    const { channelMax } = this.info.tuning;
    if (number > channelMax || this.#channels.size >= channelMax) {
      const count = this.#channels.size;
      const message = `number of channels opened (${count}) has reached the negotiated channel_max (${channelMax})`;
      this.failConnection(new ProtocolViolation(replyCodes.notAllowed, message), 0);
      return;
    }
    this.#channels.set(number, new ChannelSession(this, number));
    this.#context.churn.channelsOpened++;
    this.send(number, { name: 'channel.open-ok' }, 0);
  }

  /** We closed the channel; until the client agrees, only its own close and its agreement count. */
  #closingChannel(channel: ChannelSession, method: number): void {
    if (method === channelClose) channel.send({ name: 'channel.close-ok' });
    else if (method === channelCloseOk) this.forget(channel);
  }

  #failed(channel: ChannelSession | undefined, thrown: unknown, method: number): void {
    if (channel === undefined) this.failConnection(thrown, method);
    else this.failChannel(channel, thrown, method);
  }
}

function unopened(method: number): ProtocolViolation {
  return new ProtocolViolation(replyCodes.channelError, "expected 'channel.open'", method);
}

/** What the client calls its connection; undefined: nothing. */
function clientNameIn(properties: FieldTable): string | undefined {
  const name = properties.get('connection_name');
  return typeof name === 'string' ? name : undefined;
}
