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

const replyCodePattern = /: (\d{3}) \(/;
const replyTextPattern = /with message "(.*)"$/s;
const lostPattern =
  /^(Channel (closed|closing|ended)|channel closed|Connection (closed|closing)|Socket|Unexpected close|Heartbeat)/;

/** The reply code of an error of the client library; undefined for a connection that was lost. */
export function replyCodeOf(error: unknown): number | undefined {
  const code: unknown = (error as { code?: unknown } | undefined)?.code;
  if (typeof code === 'number') return code;
  const found = replyCodePattern.exec(messageOf(error))?.[1];
  return found === undefined ? undefined : Number(found);
}

/** Whether an operation ended because its connection did, and may simply be done again. */
export function isLostConnection(error: unknown): boolean {
  return replyCodeOf(error) === undefined && lostPattern.test(messageOf(error));
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
    retryable: replyCode === 320,
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
