/** The one error thrown by the decoders of stored content: the bytes are not what AMQP 0-9-1 section 4.2.5 allows. */
import { SluiceError } from '../../kernel/index.js';

/**
 * Makes the error for bytes that cannot be decoded.
 *
 * @param what - What is wrong, in words for the peer.
 * @param position - Offset of the offending byte in the decoded buffer.
 */
export function malformedContent(what: string, position: number): SluiceError {
  return new SluiceError('protocol', `malformed content: ${what}`, { details: { position } });
}
