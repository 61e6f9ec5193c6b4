/**
 * Puts the frames of one channel's contents together: method, header, body frames, in this order and no other.
 * Invariant: keeps no more than it has received, and for a body above the streaming limit none of it.
 */
import { uint16At, uint64At } from './bytes.js';
import { copyBytes } from './copy-bytes.js';
import { contentHeadBytes } from './frame-format.js';
import { methodNumbers } from './methods.js';
import { readPublish, type PublishView } from './publish.js';
import { classIds } from './specification.js';
import { frameError, syntaxError, unexpectedFrame } from './violation.js';

/** Sizes in bytes. */
export interface ContentLimits {
  /** Bodies above this are handed over frame by frame. */
  readonly streamAboveBytes: number;
  /** Bodies above this are refused. */
  readonly messageBytesMax: number;
}

/**
 * What a frame led to: `more` frames are needed; the `message` is whole; a `stream` begins (all but the body is in
 * the view); the frame is a `part` of its body, or the last one and its `end`; or the declared body is `too-large`
 * and nothing of it is taken: the channel closes, and its frames are to be ignored.
 */
export type ContentStep = 'more' | 'message' | 'stream' | 'part' | 'end' | 'too-large';

type State = 'idle' | 'header' | 'body' | 'stream';

const noBytes = Buffer.alloc(0);
const method = methodNumbers.basicPublish;

/** One per channel. The view may be shared by the channels of a connection. */
export class ContentAssembler {
  private readonly limits: ContentLimits;
  private readonly message: PublishView;
  private state: State = 'idle';
  /** Method and properties of the content that is being received. */
  private head = noBytes;
  private methodBytes = 0;
  /** Body frames received so far, where there are several. */
  private gathered = noBytes;
  private bodyBytes = 0;
  private receivedBytes = 0;

  constructor(limits: ContentLimits, message: PublishView) {
    this.limits = limits;
    this.message = message;
  }

  /** False between a content's method and its last frame. A method that arrives then is a 505: see `requireIdle`. */
  get isIdle(): boolean {
    return this.state === 'idle';
  }

  /** @throws ProtocolViolation 505 in the middle of a content. */
  requireIdle(): void {
    if (this.state !== 'idle')
      throw unexpectedFrame(`expected a content ${this.state}, got a method`, method);
  }

  /**
   * Takes the payload of a `basic.publish` frame.
   *
   * @throws ProtocolViolation 505 in the middle of a content, 502 for malformed fields.
   */
  publish(buffer: Buffer, start: number, end: number): void {
    this.requireIdle();
    readPublish(buffer, start, end, this.message);
    this.methodBytes = end - start;
    this.head = Buffer.allocUnsafe(this.methodBytes);
    copyBytes(this.head, 0, buffer, start, end);
    this.state = 'header';
  }

  /**
   * Takes the payload of a content header frame: `message`, `more`, `stream` or `too-large`.
   *
   * @throws ProtocolViolation 505 at the wrong moment or for another class, 502 for a truncated header.
   */
  header(buffer: Buffer, start: number, end: number): ContentStep {
    if (this.state !== 'header') throw unexpectedFrame('a content header without its method');
    if (end - start < contentHeadBytes + 2) throw syntaxError('a content header is truncated', method);
    if (uint16At(buffer, start) !== classIds.basic || uint16At(buffer, start + 2) !== 0) {
      throw unexpectedFrame('a content header of another class, or with a weight', method);
    }
    this.bodyBytes = uint64At(buffer, start + 4);
    this.receivedBytes = 0;
    if (this.bodyBytes > this.limits.messageBytesMax) {
      this.discard();
      return 'too-large';
    }
    const head = Buffer.allocUnsafe(this.methodBytes + end - start - contentHeadBytes);
    copyBytes(head, 0, this.head, 0, this.methodBytes);
    copyBytes(head, this.methodBytes, buffer, start + contentHeadBytes, end);
    this.head = head;
    if (this.bodyBytes === 0) return this.complete(noBytes, 0, 0);
    if (this.bodyBytes <= this.limits.streamAboveBytes) {
      this.state = 'body';
      return 'more';
    }
    this.fillView(noBytes, 0, 0);
    this.head = noBytes;
    this.state = 'stream';
    return 'stream';
  }

  /**
   * Takes the payload of a body frame: `more` or `message`; for a streamed body `part` or `end`, and the bytes from
   * `start` to `end` are the caller's to use.
   *
   * @throws ProtocolViolation 505 at the wrong moment, 501 for more bytes than were declared.
   */
  body(buffer: Buffer, start: number, end: number): ContentStep {
    if (this.state !== 'body' && this.state !== 'stream') {
      throw unexpectedFrame(
        this.state === 'header' ? 'expected a content header, got a body' : 'a body without its method',
      );
    }
    const before = this.receivedBytes;
    this.receivedBytes += end - start;
    if (this.receivedBytes > this.bodyBytes) throw frameError('a body exceeds the size in its header');
    const isLast = this.receivedBytes === this.bodyBytes;
    if (this.state === 'stream') {
      if (isLast) this.state = 'idle';
      return isLast ? 'end' : 'part';
    }
    if (isLast && before === 0) return this.complete(buffer, start, end);
    this.gather(before, buffer, start, end);
    return isLast ? this.complete(this.gathered, 0, this.bodyBytes) : 'more';
  }

  /** Forgets the content that is being received, as when its channel closes. */
  discard(): void {
    this.state = 'idle';
    this.head = noBytes;
    this.gathered = noBytes;
  }

  /** Appends a frame to the gathered body, which grows with what arrived and never beyond the declared size. */
  private gather(before: number, buffer: Buffer, start: number, end: number): void {
    if (this.receivedBytes > this.gathered.length) {
      const grown = Buffer.allocUnsafeSlow(Math.min(this.bodyBytes, 2 * this.receivedBytes));
      copyBytes(grown, 0, this.gathered, 0, before);
      this.gathered = grown;
    }
    copyBytes(this.gathered, before, buffer, start, end);
  }

  private complete(bodyBuffer: Buffer, bodyStart: number, bodyEnd: number): ContentStep {
    this.fillView(bodyBuffer, bodyStart, bodyEnd);
    this.discard();
    return 'message';
  }

  private fillView(bodyBuffer: Buffer, bodyStart: number, bodyEnd: number): void {
    const message = this.message;
    readPublish(this.head, 0, this.methodBytes, message);
    message.propertiesStart = this.methodBytes;
    message.propertiesEnd = this.head.length;
    message.bodyBytes = this.bodyBytes;
    message.bodyBuffer = bodyBuffer;
    message.bodyStart = bodyStart;
    message.bodyEnd = bodyEnd;
  }
}
