/**
 * What programs leave in a message of what went wrong: Sluice's tasks, Spring AMQP, MassTransit, NServiceBus, and those
 * that put it into a JSON body. Invariant: a text longer than anybody reads is cut before it is looked at.
 */
import type { FieldTable, FieldValue } from '../../broker/index.js';

/** What went wrong, as far as it is told. */
export interface ToldFailure {
  readonly exception: string | undefined;
  readonly message: string | undefined;
  readonly stack: string | undefined;
}

const textMax = 16_384;
const bodyBytesMax = 65_536;

/** Names of headers by what they hold; the first that is there counts. */
const headersOf = {
  exception: ['x-exception-type', 'MT-Fault-ExceptionType', 'NServiceBus.ExceptionInfo.ExceptionType'],
  message: [
    'x-exception-message',
    'MT-Fault-Message',
    'NServiceBus.ExceptionInfo.Message',
    'x-failure-reason',
  ],
  stack: ['x-exception-stacktrace', 'MT-Fault-StackTrace', 'NServiceBus.ExceptionInfo.StackTrace'],
} as const;

/** The same in a JSON body. */
const fieldsOf = {
  exception: ['exceptionType', 'exception_type', 'errorType', 'error_type', 'name'],
  message: ['message', 'error', 'exception', 'reason', 'Message'],
  stack: ['stack', 'traceback', 'stackTrace', 'stacktrace', 'stack_trace', 'StackTrace', 'Exception'],
} as const;

type Asked = Readonly<Record<keyof ToldFailure, readonly string[]>>;

/** What the headers tell; without any of it, a body that is JSON with a stack, or a stack itself. */
export function failureIn(headers: FieldTable, body: () => Buffer | undefined): ToldFailure {
  const task = taskFailure(headers.get('x-failure'));
  const told = task ?? found(headersOf, (name) => headers.get(name));
  const message = told.message ?? text(headers.get('x-failure-reason'));
  if (told.stack !== undefined || told.exception !== undefined) return completed({ ...told, message });
  return completed(failureInBody(body()) ?? { ...told, message });
}

function taskFailure(value: FieldValue | undefined): ToldFailure | undefined {
  if (typeof value !== 'string') return undefined;
  const fields = parsed(value);
  if (fields === undefined) return undefined;
  return {
    exception: text(fields['name']),
    message: text(fields['message']),
    stack: text(fields['stack']),
  };
}

/** Only a body with a stack tells of a failure: a `message` alone may be anything. */
function failureInBody(body: Buffer | undefined): ToldFailure | undefined {
  if (body === undefined || body.length > bodyBytesMax) return undefined;
  if (body.subarray(0, 9).toString('latin1') === 'Traceback')
    return { exception: undefined, message: undefined, stack: text(body.toString('utf8')) };
  if (body[0] !== 0x7b) return undefined;
  const fields = parsed(body.toString('utf8'));
  if (fields === undefined) return undefined;
  const inner = typeof fields['error'] === 'object' && fields['error'] !== null ? fields['error'] : fields;
  const told = found(fieldsOf, (name) => (inner as Readonly<Record<string, unknown>>)[name]);
  return told.stack === undefined ? undefined : told;
}

function found(asked: Asked, valueOf: (name: string) => unknown): ToldFailure {
  const first = (names: readonly string[]): string | undefined => {
    for (const name of names) {
      const value = text(valueOf(name));
      if (value !== undefined) return value;
    }
    return undefined;
  };
  return { exception: first(asked.exception), message: first(asked.message), stack: first(asked.stack) };
}

/** A stack begins with the exception and its message; Python's ends with them. */
function completed(told: ToldFailure): ToldFailure {
  const { stack } = told;
  if (stack === undefined || (told.exception !== undefined && told.message !== undefined)) return told;
  const lines = stack.trim().split('\n');
  const head = (lines[0]?.startsWith('Traceback') === true ? lines.at(-1) : lines[0]) ?? '';
  const said = /^([A-Za-z_$][\w.$]{0,200})(?:: (.*))?$/.exec(head.trim().slice(0, 2_000));
  return {
    exception: told.exception ?? said?.[1],
    message: told.message ?? said?.[2],
    stack,
  };
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value.slice(0, textMax) : undefined;
}

function parsed(json: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
