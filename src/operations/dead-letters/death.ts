/**
 * Why a message died, from what its headers tell: the broker's own `x-death`, Sluice's tasks, and what the libraries of
 * others leave. Invariant: all of it may be made up by whoever published the message; it is shown and grouped by, and
 * names a queue to go back to, no more.
 */
import {
  FieldNumber,
  isFieldArray,
  isFieldTable,
  plainValue,
  type ContentProperties,
  type FieldTable,
  type FieldValue,
} from '../../broker/index.js';
import { failureIn } from './told-failure.js';
import type { Cause } from './stack-fingerprint.js';

/** What a dead letter tells of itself. */
export interface Death extends Cause {
  /** The queue that it was in first, to which it goes back; undefined: unknown. */
  readonly origin: string | undefined;
  /** As it was published first, as far as that is known. */
  readonly exchange: string | undefined;
  readonly routingKey: string | undefined;
  readonly messageId: string | undefined;
  readonly type: string | undefined;
  /** How often it was redriven before. */
  readonly redriven: number;
}

/** Names in the headers of a message that was redriven. */
export const redriveHeaders = {
  /** How often. */
  times: 'x-redrive-count',
  /** By which redrive last. */
  by: 'x-redrive-id',
  /** From which queue. */
  from: 'x-redrive-queue',
} as const;

/** `body`: where no header tells what went wrong, a small body may. */
export function deathOf(properties: ContentProperties, body: () => Buffer | undefined): Death {
  const headers: FieldTable = properties.headers ?? new Map<string, FieldValue>();
  const deaths = deathsIn(headers);
  const [last, first] = [deaths[0], deaths.at(-1)];
  const failure = failureIn(headers, body);
  const failedIn = textOf(headers.get('x-failure-queue'));
  const isTold = failedIn !== undefined || headers.has('x-failure-reason');
  const reason = textOf(last?.get('reason')) ?? textOf(headers.get('x-last-death-reason'));
  const source = textOf(last?.get('queue')) ?? textOf(headers.get('x-last-death-queue'));
  const hasFailed = isTold || (failure.exception !== undefined && reason === undefined);
  return {
    reason: hasFailed ? 'failed' : (reason ?? 'unknown'),
    source: failedIn ?? source,
    ...failure,
    origin: failedIn ?? textOf(headers.get('x-first-death-queue')) ?? textOf(first?.get('queue')),
    exchange: textOf(first?.get('exchange')),
    routingKey: firstText(first?.get('routing-keys')),
    messageId: properties.messageId,
    type: properties.type,
    redriven: countOf(headers.get(redriveHeaders.times)),
  };
}

/** Latest first. */
function deathsIn(headers: FieldTable): readonly FieldTable[] {
  const value = headers.get('x-death');
  return isFieldArray(value) ? value.filter(isFieldTable) : [];
}

function textOf(value: FieldValue | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function firstText(value: FieldValue | undefined): string | undefined {
  return isFieldArray(value) ? textOf(value[0]) : undefined;
}

function countOf(value: FieldValue | undefined): number {
  const count = value instanceof FieldNumber ? Number(plainValue(value)) : 0;
  return Number.isSafeInteger(count) && count > 0 ? count : 0;
}
