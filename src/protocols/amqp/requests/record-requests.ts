/** The requests about key-value records, `records.…`. */
import {
  FieldNumber,
  requestExchange,
  type DeleteOutcome,
  type FieldValue,
  type ExpectedRecord,
  type PutOutcome,
  type RecordDeferred,
  type RecordEntry,
  type RecordPut,
} from '../../../broker/index.js';
import { SluiceError } from '../../../kernel/index.js';
import type { Operation, Request, RequestOutcome, RequestScope } from './request.js';

export const recordOperations: Readonly<Record<`records.${string}`, Operation>> = {
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
};

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
  return { status: 'refused', headers: { code: error.code, text: error.message }, sequence: 0 };
}

export function integer(value: number): FieldNumber {
  return new FieldNumber('int64', value);
}

/** Reading records needs `read` on the exchange `sluice`, changing them `write`. */
export function requireRight(scope: RequestScope, right: 'read' | 'write'): void {
  scope.rights.require(right, 'exchange', requestExchange);
}
