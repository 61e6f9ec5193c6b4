/** What a server or its client library refused, as the project's error. */
import { messageOf, SluiceError, systemCodeOf, type ErrorCode } from '../../kernel/index.js';

/** Reply codes of AMQP 0-9-1 (section 1.1 of the specification's constants) that mean something to a caller. */
const codes: Readonly<Record<number, ErrorCode>> = {
  311: 'limit-reached',
  320: 'connection-failed',
  402: 'bad-input',
  403: 'access-refused',
  404: 'not-found',
  405: 'exclusive',
  406: 'precondition-failed',
  501: 'protocol',
  502: 'protocol',
  503: 'protocol',
  504: 'protocol',
  505: 'protocol',
  506: 'limit-reached',
  530: 'refused',
  540: 'not-implemented',
  541: 'internal',
};

/** The one refusal that comes without a `code`. */
const handshakePattern = /^Handshake terminated by server: (\d{3}) \(/;
const replyTextPattern = /with message "(.*)"$/s;
const lostPattern =
  /^(Channel (ended|closed)|channel closed|Connection clos|Socket|Unexpected close|Heartbeat)/;

/** `CONNECTION_FORCED`: an operator ended the connection, or the server stops. */
const connectionForced = 320;

/** The reply code of an error of the client library; undefined where the server gave none. */
export function replyCodeOf(error: unknown): number | undefined {
  const code: unknown = (error as { code?: unknown } | undefined)?.code;
  if (typeof code === 'number') return code;
  const found = handshakePattern.exec(messageOf(error))?.[1];
  return found === undefined ? undefined : Number(found);
}

/** Whether an operation ended because its connection did, and may simply be done again. */
export function isLostConnection(error: unknown): boolean {
  // A call on what was closed already; its message repeats why, which is no answer to this call.
  if (error instanceof Error && error.name === 'IllegalOperationError') return true;
  const replyCode = replyCodeOf(error);
  if (replyCode !== undefined) return replyCode === connectionForced;
  return lostPattern.test(messageOf(error));
}

/** Anything that the client library threw. */
export function refusalOf(error: unknown): SluiceError {
  if (error instanceof SluiceError) return error;
  const replyCode = replyCodeOf(error);
  const text = replyTextPattern.exec(messageOf(error))?.[1] ?? messageOf(error);
  if (replyCode === undefined) {
    const isInput = error instanceof TypeError || error instanceof RangeError;
    if (isInput) return new SluiceError('bad-input', text, { cause: error });
    return new SluiceError('connection-failed', text, { cause: error, retryable: true });
  }
  return new SluiceError(codeOf(replyCode, text), text, {
    cause: error,
    retryable: replyCode === connectionForced,
    details: { replyCode },
  });
}

function codeOf(replyCode: number, text: string): ErrorCode {
  if (replyCode === 406 && text.includes(' in use')) return 'in-use';
  if (replyCode === 406 && text.includes('not empty')) return 'not-empty';
  if (replyCode === 530 && text.includes('vhost')) return 'not-found';
  return codes[replyCode] ?? 'refused';
}

/** A connection that could not be opened; the address is never told, as it may hold a password. */
export function connectionRefusalOf(error: unknown): SluiceError {
  const replyCode = replyCodeOf(error);
  if (replyCode !== undefined) return refusalOf(error);
  const code = systemCodeOf(error);
  return new SluiceError(
    'connection-failed',
    `the server cannot be reached${code === undefined ? '' : ` (${code})`}`,
    { cause: error, retryable: true, details: code === undefined ? {} : { code } },
  );
}
