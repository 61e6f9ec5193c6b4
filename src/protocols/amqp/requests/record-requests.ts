/** The requests about key-value records: `records.…`, and `complete`, which ends a delivery with one. */
import {
  FieldNumber,
  requestExchange,
  type DeleteOutcome,
  type FieldValue,
  type ExpectedRecord,
  type PutOutcome,
  type RecordDeferred,
  type RecordEntry,
  type RecordEvent,
  type RecordPut,
  type RecordScan,
} from '../../../broker/index.js';
import { messageOf, SluiceError } from '../../../kernel/index.js';
import type { Operation, Request, RequestOutcome, RequestScope } from './request.js';

export const recordOperations: Readonly<Record<string, Operation>> = {
  'records.get': (scope, request, answer) => {
    requireRight(scope, 'read');
    scope.broker.records.get(request.text('key'), (found) => {
      switch (found.kind) {
        case 'found':
          answer({
            status: 'ok',
            headers: entryHeaders(found.entry),
            body: found.entry.value,
            sequence: found.sequence,
          });
          return;
        case 'absent':
          answer({ status: 'absent', sequence: found.sequence });
          return;
        case 'failed':
          answer(refusal(new SluiceError('journal-damaged', found.message)));
          return;
      }
    });
    return undefined;
  },
  'records.put': (scope, request, answer) => {
    requireRight(scope, 'write');
    return answerChange(scope.broker.records.put(putOf(request)), answer);
  },
  'records.delete': (scope, request, answer) => {
    requireRight(scope, 'write');
    const deletion = { key: request.text('key'), expected: expectedOf(request) };
    return answerChange(scope.broker.records.delete(deletion), answer);
  },
  'records.scan': (scope, request, answer) => {
    requireRight(scope, 'read');
    const prefix = request.optionalText('prefix') ?? '';
    const limit = request.optionalInteger('limit') ?? scanLimitDefault;
    const after = request.optionalText('after');
    scope.broker.records.scan({ prefix, limit, after }).then(
      (scan) => {
        answer(scanOutcome(scan));
      },
      (thrown: unknown) => {
        answer(
          refusal(thrown instanceof SluiceError ? thrown : new SluiceError('internal', messageOf(thrown))),
        );
      },
    );
    return undefined;
  },
  'records.watch': (scope, request, answer) => {
    requireRight(scope, 'read');
    const prefix = request.optionalText('prefix') ?? '';
    const watch = scope.watches.open((number) =>
      scope.broker.records.watch(prefix, (event) => {
        request.tell(eventOutcome(number, event));
      }),
    );
    answer({ status: 'ok', headers: { watch: integer(watch) }, sequence: 0 });
    return undefined;
  },
  'records.unwatch': (scope, request, answer) => {
    const isThere = scope.watches.end(request.integer('watch'));
    answer({ status: isThere ? 'ok' : 'absent', sequence: 0 });
    return undefined;
  },
  complete: (scope, request, answer) => {
    requireRight(scope, 'write');
    const outcome = scope.broker.complete(request.integer('delivery-tag'), putOf(request));
    if (outcome.kind !== 'lost') return answerChange(outcome, answer);
    answer({ status: 'lost', sequence: 0, isConflict: true });
    return undefined;
  },
};

/** Records of one scan, unless said otherwise. */
const scanLimitDefault = 100;

/** A JSON array, as keys and values of many records do not fit headers. */
function scanOutcome({ entries, after, sequence }: RecordScan): RequestOutcome {
  const records = entries.map(({ key, value, version, expiresMs }) => ({
    key,
    version,
    expires: expiresMs,
    value: value.toString('base64'),
  }));
  return { status: 'ok', headers: { after }, body: Buffer.from(JSON.stringify(records)), sequence };
}

/** An event is durable before it is told. */
function eventOutcome(watch: number, event: RecordEvent): RequestOutcome {
  const told = { event: event.kind, watch: integer(watch) };
  return event.kind === 'put'
    ? {
        status: 'event',
        headers: { ...told, ...entryHeaders(event.entry) },
        body: event.entry.value,
        sequence: 0,
      }
    : { status: 'event', headers: { ...told, key: event.key, version: integer(event.version) }, sequence: 0 };
}

/** The put that a request's headers and body describe. */
export function putOf(request: Request): RecordPut {
  return {
    key: request.text('key'),
    value: request.body,
    ttlMs: request.optionalInteger('ttl'),
    expected: expectedOf(request),
  };
}

export function expectedOf(request: Request): ExpectedRecord {
  return request.headers.get('expected') === 'absent' ? 'absent' : request.optionalInteger('expected');
}

/** Answers a change, unless it is part of a transaction. */
export function answerChange(
  outcome: PutOutcome | DeleteOutcome | RecordDeferred,
  answer: (outcome: RequestOutcome) => void,
): 'deferred' | undefined {
  switch (outcome.kind) {
    case 'deferred':
      return 'deferred';
    case 'written':
      answer({ status: 'ok', headers: { version: integer(outcome.version) }, sequence: outcome.version });
      break;
    case 'absent':
      answer({ status: 'absent', sequence: outcome.sequence });
      break;
    case 'conflict':
      answer(conflictOutcome(outcome.key, outcome.version));
      break;
  }
  return undefined;
}

/** Tells which version a record has, without its value: a `records.get` gives that. */
export function conflictOutcome(key: string, version: number | undefined): RequestOutcome {
  const headers = { key, version: version === undefined ? undefined : integer(version) };
  return { status: 'conflict', headers, sequence: version ?? 0, isConflict: true };
}

export function entryHeaders({
  key,
  version,
  expiresMs,
}: RecordEntry): Record<string, FieldValue | undefined> {
  return {
    key,
    version: integer(version),
    expires: expiresMs === undefined ? undefined : integer(expiresMs),
  };
}

/** What a refusal tells: the project's own code, and why. */
export function refusal(error: SluiceError): RequestOutcome {
  const retryable = error.retryable ? true : undefined;
  return { status: 'refused', headers: { code: error.code, text: error.message, retryable }, sequence: 0 };
}

export function integer(value: number): FieldNumber {
  return new FieldNumber('int64', value);
}

/** Reading records needs `read` on the exchange `sluice`, changing them `write`. */
export function requireRight(scope: RequestScope, right: 'read' | 'write'): void {
  scope.rights.require(right, 'exchange', requestExchange);
}
