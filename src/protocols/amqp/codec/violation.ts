/** The errors of this codec: what a peer did that the protocol does not allow, with the reply code it earns. */
import { SluiceError } from '../../../kernel/index.js';
import { replyCodes, scopeOf, type ReplyCode, type ReplyScope } from './reply-codes.js';

/** A frame or method that breaks the protocol. Its message is fit for a reply text. */
export class ProtocolViolation extends SluiceError {
  override readonly name = 'ProtocolViolation';
  readonly replyCode: ReplyCode;
  readonly classId: number;
  readonly methodId: number;

  /** @param method - The number of the method that failed (`methodNumber`); 0 where it was none. */
  constructor(replyCode: ReplyCode, message: string, method = 0, cause?: unknown) {
    super('protocol', message, { details: { replyCode, method }, ...(cause === undefined ? {} : { cause }) });
    this.replyCode = replyCode;
    this.classId = method >>> 16;
    this.methodId = method & 0xffff;
  }

  /** What the violation ends. */
  get scope(): ReplyScope {
    return scopeOf(this.replyCode);
  }
}

/** What a peer that did not send AMQP 0-9-1's protocol header seems to speak. */
export type ForeignProtocol =
  'amqp-0-8' | 'amqp-0-9' | 'amqp-0-10' | 'amqp-1-0' | 'amqp-sasl' | 'amqp' | 'tls' | 'http' | 'unknown';

/** The first bytes were not `AMQP 0 0 9 1`. The answer is that header, then the end of the connection. */
export class ProtocolHeaderMismatch extends SluiceError {
  override readonly name = 'ProtocolHeaderMismatch';
  readonly seen: ForeignProtocol;

  constructor(seen: ForeignProtocol) {
    super('protocol', `the peer does not speak AMQP 0-9-1 (${seen})`, { details: { seen } });
    this.seen = seen;
  }
}

/** A frame that cannot be: 501. */
export function frameError(message: string): ProtocolViolation {
  return new ProtocolViolation(replyCodes.frameError, message);
}

/** A frame at the wrong moment: 505. */
export function unexpectedFrame(message: string, method = 0): ProtocolViolation {
  return new ProtocolViolation(replyCodes.unexpectedFrame, message, method);
}

/** A method whose fields cannot be read: 502. */
export function syntaxError(message: string, method: number, cause?: unknown): ProtocolViolation {
  return new ProtocolViolation(replyCodes.syntaxError, message, method, cause);
}

/** What a decoder threw, as a violation of `method`: 502 for content that cannot be decoded; undefined for others. */
export function violationOf(error: unknown, method = 0): ProtocolViolation | undefined {
  if (error instanceof ProtocolViolation) return error;
  const isMalformed = error instanceof SluiceError && error.code === 'protocol';
  return isMalformed ? syntaxError(error.message, method, error) : undefined;
}
