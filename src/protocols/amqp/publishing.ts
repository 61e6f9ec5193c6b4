/**
 * The way of a publish through its channel: content put together, rights and properties checked, handed to the
 * broker, and confirmed or returned. Invariant: a small message that came whole is neither copied nor allocated
 * for here, and no confirm leaves before its record is durable.
 */
import type { BrokerChannel, ChunkReference, InboundMessage } from '../../broker/index.js';
import { recordValueBytesMax, requestExchange, scanProperties } from '../../broker/index.js';
import { SluiceError } from '../../kernel/index.js';
import type { ChunkPool } from './chunk-pool.js';
import {
  ContentAssembler,
  methodNumbers,
  ProtocolViolation,
  replyCodes,
  type ContentLimits,
  type ContentStep,
  type PublishView,
} from './codec/index.js';
import { ConfirmRing } from './confirm-ring.js';
import { checkClaims } from './message-claims.js';
import { RequestDesk } from './requests/request-desk.js';
import { WatchBook } from './requests/watch-book.js';
import type { Rights } from './rights.js';
import { RouteNames } from './route-names.js';
import { StreamedBody, type ChunkStore } from './streamed-body.js';

/** Where it is noted how long publishes waited for their confirm. */
export interface ConfirmTimes {
  /** Unix milliseconds. */
  now(): number;
  confirmTook(milliseconds: number): void;
}

/** What publishing needs of its connection. */
export interface PublishingHost {
  readonly rights: Rights;
  readonly limits: ContentLimits;
  /** Shared by all channels of all connections: filled and used within one call. */
  readonly inbound: InboundMessage;
  /** Shared by the channels of the connection. */
  readonly view: PublishView;
  readonly chunks: ChunkStore;
  readonly pool: ChunkPool;
  /** The sequence that the last bytes held in the output wait for; 0: none are held. */
  readonly heldSequence: number;
  /** A message was published to an exchange, or a part of one came: publishers may have to be slowed. */
  published(exchange: string | undefined): void;
  /** `publishing` has publishes to confirm; called once until `settle` has confirmed them all. */
  confirming(publishing: Publishing): void;
  readonly traffic: ConfirmTimes;
  /** Sends a negative confirm. */
  reject(channel: number, tag: number): void;
  /** Sends back what found no queue. `keptBody` is set for a body that was streamed. */
  returnMessage(channel: number, message: InboundMessage, keptBody: Buffer | undefined): void;
}

/** What follows from publishes: nothing, confirms, or their being held for a commit. */
export type ChannelMode = 'plain' | 'confirm' | 'transaction';

/** Where the pieces of a request's body go. */
const unwrittenChunks: ChunkStore = {
  appendChunk: (_buffer, start, end) => ({ segment: 0, offset: 0, length: end - start }),
  releaseChunks: () => undefined,
};

export class Publishing {
  readonly channel: number;
  mode: ChannelMode = 'plain';
  /** Messages published on the channel. */
  published = 0;
  /** Owned by the connection's list of channels to confirm. */
  listed = false;
  readonly confirms = new ConfirmRing();
  readonly #host: PublishingHost;
  readonly #broker: BrokerChannel;
  readonly #names = new RouteNames();
  #assembler: ContentAssembler | undefined;
  #streamed: StreamedBody | undefined;
  #confirmTag = 0;
  /** The publish whose confirm is being timed; 0: none. One at a time costs no clock for each. */
  #timedTag = 0;
  #timedSinceMs = 0;
  /** The exchange that may be written to, as of `#allowedVersion` of the rights. */
  #allowedExchange: string | undefined;
  #allowedVersion = -1;
  #topicsRestricted = false;
  /** Whether `#allowedExchange` takes requests instead of messages. */
  #isRequest = false;
  /** Made with the first request. */
  #requests: RequestDesk | undefined;

  constructor(host: PublishingHost, channel: number, broker: BrokerChannel) {
    this.#host = host;
    this.channel = channel;
    this.#broker = broker;
  }

  /** Takes the payload of a `basic.publish` whose content did not come with it. */
  method(buffer: Buffer, start: number, end: number): void {
    this.#assembler ??= new ContentAssembler(this.#host.limits, this.#host.view);
    this.#assembler.publish(buffer, start, end);
  }

  /** Takes the payload of a content header frame. */
  header(buffer: Buffer, start: number, end: number): void {
    this.#assembler ??= new ContentAssembler(this.#host.limits, this.#host.view);
    this.#take(this.#assembler.header(buffer, start, end), buffer, start, end);
  }

  /** Takes the payload of a body frame. */
  body(buffer: Buffer, start: number, end: number): void {
    this.#assembler ??= new ContentAssembler(this.#host.limits, this.#host.view);
    this.#take(this.#assembler.body(buffer, start, end), buffer, start, end);
  }

  /** @throws ProtocolViolation 505 in the middle of a content. */
  requireIdle(): void {
    this.#assembler?.requireIdle();
  }

  /** The channel's requests, once there was one. */
  get requests(): RequestDesk | undefined {
    return this.#requests;
  }

  /** Forgets a content that is being received: the channel closes. */
  discard(): void {
    this.#assembler?.discard();
    this.#streamed?.discard();
    this.#streamed = undefined;
    this.#requests?.close();
  }

  /**
   * Publishes a whole message.
   *
   * @throws SluiceError for what is refused: rights, properties, a missing exchange.
   */
  publish(view: PublishView): void {
    this.requireIdle();
    this.#checkSize(view.bodyBytes);
    this.#check(view);
    this.#hand(view, undefined);
  }

  #take(step: ContentStep, buffer: Buffer, start: number, end: number): void {
    switch (step) {
      case 'more':
        return;
      case 'message':
        this.#check(this.#host.view);
        this.#hand(this.#host.view, undefined);
        return;
      case 'stream':
        // Refused now rather than after 16 MiB.
        this.#check(this.#host.view);
        this.#streamed = this.#isRequest
          ? this.#heldBody(this.#host.view)
          : new StreamedBody(this.#host.view, this.#host.chunks, this.#host.pool);
        return;
      case 'part':
        this.#streamed?.add(buffer, start, end);
        this.#host.published(undefined);
        return;
      case 'end':
        this.#finishStream(buffer, start, end);
        return;
      case 'too-large':
        // The body's size stands behind class and weight.
        throw tooLarge(Number(buffer.readBigUInt64BE(start + 4)), this.#host.limits.messageBytesMax);
    }
  }

  #finishStream(buffer: Buffer, start: number, end: number): void {
    const streamed = this.#streamed!;
    streamed.add(buffer, start, end);
    const chunks = streamed.finish();
    // Rights may have changed since the first piece, and other channels have used the shared scan.
    this.#check(streamed.view);
    this.#hand(streamed.view, chunks, streamed);
    this.#streamed = undefined;
  }

  #checkSize(bodyBytes: number): void {
    const { messageBytesMax } = this.#host.limits;
    if (bodyBytes > messageBytesMax) throw tooLarge(bodyBytes, messageBytesMax);
  }

  /** Names, rights and properties; leaves the scan in the shared inbound message. */
  #check(view: PublishView): void {
    if (view.immediate) throw violation(replyCodes.notImplemented, 'immediate=true');
    const names = this.#names;
    names.read(view);
    const rights = this.#host.rights;
    if (this.#allowedExchange !== names.exchange || this.#allowedVersion !== rights.version) {
      this.#isRequest = names.exchange === requestExchange;
      // Each request asks for the right that it needs.
      if (!this.#isRequest) rights.require('write', 'exchange', names.exchange);
      this.#allowedExchange = names.exchange;
      this.#allowedVersion = rights.version;
      this.#topicsRestricted = rights.restrictsTopics(names.exchange);
    }
    if (this.#topicsRestricted) rights.requireTopic('write', names.exchange, names.routingKey);
    const scan = this.#host.inbound.scan;
    scanProperties(view.buffer, view.propertiesStart, view.propertiesEnd, scan);
    checkClaims(view.buffer, scan, rights.identity.name);
  }

  /** A request's body goes to no journal. Throws 406 where no request can be as large. */
  #heldBody(view: PublishView): StreamedBody {
    const isCommit = this.#names.routingKey === 'commit';
    const bytesMax = isCommit ? this.#host.limits.messageBytesMax : recordValueBytesMax;
    if (view.bodyBytes > bytesMax) throw tooLarge(view.bodyBytes, bytesMax);
    return new StreamedBody(view, unwrittenChunks, this.#host.pool, true);
  }

  #hand(view: PublishView, chunks: readonly ChunkReference[] | undefined, streamed?: StreamedBody): void {
    if (this.#isRequest) {
      this.#request(view, streamed);
      return;
    }
    const message = this.#host.inbound;
    message.exchange = this.#names.exchange;
    message.routingKey = this.#names.routingKey;
    message.routeBuffer = view.buffer;
    message.routeStart = view.exchangeStart - 1;
    message.routeEnd = view.routingKeyEnd;
    message.mandatory = view.mandatory;
    message.propertiesBuffer = view.buffer;
    message.propertiesStart = view.propertiesStart;
    message.propertiesEnd = view.propertiesEnd;
    message.bodyBuffer = view.bodyBuffer;
    message.bodyStart = view.bodyStart;
    message.bodyEnd = view.bodyEnd;
    message.chunks = chunks;
    const outcome = this.#broker.publish(message);
    this.published++;
    if (this.mode !== 'transaction') {
      if (outcome === 'unroutable' && view.mandatory) {
        this.#host.returnMessage(this.channel, message, streamed?.keptBody);
      }
      if (this.mode === 'confirm') this.#confirm(outcome === 'rejected', this.#broker.publishSequence);
    }
    this.#host.published(this.#names.exchange);
  }

  #request(view: PublishView, streamed: StreamedBody | undefined): void {
    const { rights, inbound } = this.#host;
    this.#requests ??= new RequestDesk({
      broker: this.#broker,
      rights,
      chunks: this.#host.chunks,
      watches: new WatchBook(),
    });
    const { sequence, rejected } = this.#requests.take({
      routingKey: this.#names.routingKey,
      buffer: view.buffer,
      scan: inbound.scan,
      body: streamed?.keptBody ?? view.bodyBuffer.subarray(view.bodyStart, view.bodyEnd),
    });
    this.published++;
    if (this.mode === 'confirm') this.#confirm(rejected, sequence);
    this.#host.published(undefined);
  }

  #confirm(rejected: boolean, sequence: number): void {
    const tag = ++this.#confirmTag;
    if (rejected) {
      this.#host.reject(this.channel, tag);
      return;
    }
    // Nor before what was sent before the publish: a return, or the `-ok` that began confirming.
    this.confirms.add(tag, Math.max(sequence, this.#host.heldSequence));
    if (!this.listed) this.#host.confirming(this);
    if (this.#timedTag !== 0) return;
    this.#timedTag = tag;
    this.#timedSinceMs = this.#host.traffic.now();
  }

  /** Publishes up to a tag were confirmed. */
  confirmed(tag: number): void {
    if (this.#timedTag === 0 || tag < this.#timedTag) return;
    const { traffic } = this.#host;
    traffic.confirmTook(traffic.now() - this.#timedSinceMs);
    this.#timedTag = 0;
  }
}

function tooLarge(bytes: number, bytesMax: number): SluiceError {
  const message = `message size ${bytes} is larger than configured max size ${bytesMax}`;
  return new SluiceError('precondition-failed', message);
}

function violation(code: typeof replyCodes.notImplemented, message: string): ProtocolViolation {
  return new ProtocolViolation(code, message, methodNumbers.basicPublish);
}
