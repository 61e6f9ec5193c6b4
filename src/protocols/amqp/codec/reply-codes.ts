/** The reply codes of AMQP 0-9-1 (specification 1.2), with the scope of the exception each one raises. */

/** Codes by name. */
export const replyCodes = {
  replySuccess: 200,
  contentTooLarge: 311,
  noRoute: 312,
  noConsumers: 313,
  connectionForced: 320,
  invalidPath: 402,
  accessRefused: 403,
  notFound: 404,
  resourceLocked: 405,
  preconditionFailed: 406,
  frameError: 501,
  syntaxError: 502,
  commandInvalid: 503,
  channelError: 504,
  unexpectedFrame: 505,
  resourceError: 506,
  notAllowed: 530,
  notImplemented: 540,
  internalError: 541,
} as const;

export type ReplyCodeName = keyof typeof replyCodes;
export type ReplyCode = (typeof replyCodes)[ReplyCodeName];

/** What an exception with a code closes. */
export type ReplyScope = 'channel' | 'connection' | 'none';

const channelCodes: ReadonlySet<number> = new Set([311, 312, 313, 403, 404, 405, 406]);

/** Whether an exception with `code` ends the channel or the whole connection. */
export function scopeOf(code: ReplyCode): ReplyScope {
  if (code === replyCodes.replySuccess) return 'none';
  return channelCodes.has(code) ? 'channel' : 'connection';
}

const namesByCode: ReadonlyMap<number, string> = new Map(
  Object.entries(replyCodes).map(([name, code]) => [code, name.replace(/[A-Z]/g, '_$&').toUpperCase()]),
);

/** The code's name as RabbitMQ puts it at the head of a reply text, such as `NOT_FOUND`. */
export function replyCodeLabel(code: ReplyCode): string {
  return namesByCode.get(code)!;
}
