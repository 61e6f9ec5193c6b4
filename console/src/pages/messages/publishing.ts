/** A message as the form of the console has it, and as the API and the command line take it. */
import type { EngineSource } from '../../server/engine-source.ts';

export interface Draft {
  body: string;
  /** Empty: straight to the queue. */
  exchange: string;
  routingKey: string;
  contentType: string;
  /** Numbers as they were typed. */
  priority: string;
  expirationMs: string;
  delayMs: string;
  deadlineMs: string;
  /** One a line: `name=value`. */
  headers: string;
  isPersistent: boolean;
}

export const emptyDraft: Readonly<Draft> = {
  body: '',
  exchange: '',
  routingKey: '',
  contentType: '',
  priority: '',
  expirationMs: '',
  delayMs: '',
  deadlineMs: '',
  headers: '',
  isPersistent: true,
};

/** Headers, or the number of the first line that is none. */
export type ParsedHeaders =
  | { readonly kind: 'headers'; readonly headers: Readonly<Record<string, unknown>> }
  | { readonly kind: 'bad-line'; readonly line: number };

/** Values are JSON where they are JSON (numbers, booleans, lists), else texts. */
export function parsedHeaders(text: string): ParsedHeaders {
  const entries: [string, unknown][] = [];
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const middle = line.indexOf('=');
    if (middle < 1) return { kind: 'bad-line', line: index + 1 };
    entries.push([line.slice(0, middle).trim(), plainValue(line.slice(middle + 1).trim())]);
  }
  return { kind: 'headers', headers: Object.fromEntries(entries) };
}

function plainValue(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'string' ? text : value;
  } catch {
    return text;
  }
}

export interface PublishBody {
  readonly text: string;
  readonly routingKey?: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** The request's body. Throws nothing: what is not a number is left to the server to refuse. */
export function publishBody(
  draft: Draft,
  headers: Readonly<Record<string, unknown>>,
  nowMs: number,
): PublishBody {
  const timed = {
    ...headers,
    ...(draft.delayMs === '' ? {} : { 'x-delay': Number(draft.delayMs) }),
    ...(draft.deadlineMs === '' ? {} : { 'x-deadline': nowMs + Number(draft.deadlineMs) }),
  };
  return {
    text: draft.body,
    ...(draft.exchange === '' ? {} : { routingKey: draft.routingKey }),
    properties: {
      deliveryMode: draft.isPersistent ? 2 : 1,
      ...(draft.contentType === '' ? {} : { contentType: draft.contentType }),
      ...(draft.priority === '' ? {} : { priority: Number(draft.priority) }),
      ...(draft.expirationMs === '' ? {} : { expiration: draft.expirationMs }),
      ...(Object.keys(timed).length === 0 ? {} : { headers: timed }),
    },
  };
}

export function publishCommand(source: EngineSource, vhost: string, queue: string, draft: Draft): string {
  const to = draft.exchange === '' ? [queue] : [draft.routingKey, '--exchange', draft.exchange];
  const options: readonly (readonly [string, string])[] = [
    ['--content-type', draft.contentType],
    ['--priority', draft.priority],
    ['--expiration', draft.expirationMs === '' ? '' : `${draft.expirationMs}ms`],
    ['-H', draft.delayMs === '' ? '' : `x-delay=${draft.delayMs}`],
    ['-H', draft.deadlineMs === '' ? '' : `x-deadline=…`],
    ...draft.headers
      .split('\n')
      .map((line) => line.trim())
      .map((line) => ['-H', line] as const),
  ];
  // The command for an engine beside takes fewer options than the request.
  const taken = source.isOwn
    ? options
    : options.filter(([name]) => name === '-H' || name === '--content-type');
  const words = taken.flatMap(([name, value]) => (value === '' ? [] : [name, value]));
  const body = ['--body', draft.body === '' ? '…' : draft.body];
  return source.command(
    ['publish'],
    'publish',
    ...to,
    ...body,
    ...words,
    ...(draft.isPersistent || !source.isOwn ? [] : ['--transient']),
    '--vhost',
    vhost,
  );
}
