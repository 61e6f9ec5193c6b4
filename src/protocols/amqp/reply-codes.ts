/**
 * How every failure is told to an AMQP client: one table from the project's error codes to the reply codes of
 * the specification (1.2), and reply texts in RabbitMQ's form, on which clients match.
 */
import { messageOf, SluiceError, type ErrorCode } from '../../kernel/index.js';
import {
  ProtocolViolation,
  replyCodeLabel,
  replyCodes,
  scopeOf,
  shortText,
  type ReplyCode,
} from './codec/index.js';

/** What each error code is to an AMQP client. The compiler refuses a table that lacks a code. */
const replyCodesByError: Readonly<Record<ErrorCode, ReplyCode>> = {
  'access-refused': replyCodes.accessRefused,
  'already-exists': replyCodes.preconditionFailed,
  'bad-input': replyCodes.preconditionFailed,
  closed: replyCodes.connectionForced,
  'config-invalid': replyCodes.internalError,
  'connection-failed': replyCodes.internalError,
  'deadline-missed': replyCodes.preconditionFailed,
  'directory-owned': replyCodes.internalError,
  'disk-failed': replyCodes.internalError,
  'disk-full': replyCodes.resourceError,
  'durability-lost': replyCodes.internalError,
  exclusive: replyCodes.resourceLocked,
  'format-newer': replyCodes.internalError,
  'in-use': replyCodes.preconditionFailed,
  internal: replyCodes.internalError,
  'journal-damaged': replyCodes.internalError,
  'limit-reached': replyCodes.preconditionFailed,
  'not-empty': replyCodes.preconditionFailed,
  'not-found': replyCodes.notFound,
  'not-implemented': replyCodes.notImplemented,
  'port-taken': replyCodes.internalError,
  'precondition-failed': replyCodes.preconditionFailed,
  protocol: replyCodes.syntaxError,
  refused: replyCodes.notAllowed,
  'task-cancelled': replyCodes.preconditionFailed,
  'task-failed': replyCodes.preconditionFailed,
  timeout: replyCodes.internalError,
  unsupported: replyCodes.preconditionFailed,
};

/** A failure as it is told to the client. */
export interface Reply {
  readonly code: ReplyCode;
  /** At most 255 bytes, without control characters. */
  readonly text: string;
  /** What it ends. */
  readonly scope: 'channel' | 'connection';
}

/** Makes the reply for anything that was thrown. Failures of our own tell the client nothing of their cause. */
export function replyFor(thrown: unknown): Reply {
  const code = replyCodeOf(thrown);
  return replyOf(code, code === replyCodes.internalError ? 'an internal error occurred' : messageOf(thrown));
}

/** Makes a reply whose text opens with the code's name: `NOT_FOUND - no queue 'x' in vhost '/'`. */
export function replyOf(code: ReplyCode, message: string): Reply {
  const text = shortText(`${replyCodeLabel(code)} - ${withoutControls(message)}`);
  return { code, text, scope: scopeOf(code) === 'channel' ? 'channel' : 'connection' };
}

function replyCodeOf(thrown: unknown): ReplyCode {
  if (thrown instanceof ProtocolViolation) return thrown.replyCode;
  return thrown instanceof SluiceError ? replyCodesByError[thrown.code] : replyCodes.internalError;
}

/**
 * Text from a client, fit for a log or a reply: no control characters (line breaks, escapes) and nothing that is
 * not text, at most `lengthMax` characters.
 */
export function printable(text: string, lengthMax = 255): string {
  const clean = withoutControls(text);
  return clean.length <= lengthMax ? clean : `${clean.slice(0, lengthMax - 1)}…`;
}

function withoutControls(text: string): string {
  return text.replace(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/gu, '?');
}
