/**
 * A job as BullMQ keeps it: a hash of texts, beside the list or sorted set of its state. Invariant: every job becomes
 * an item; one that cannot be brought says why. Pure.
 *
 * Fields that are read: `name`, `data` and `opts` (JSON), `timestamp`, `delay`, `priority`, `atm` (attempts made;
 * `attemptsMade` before release 5), `failedReason`, `stacktrace` (a JSON array), `parentKey`, `rjk` (its schedule).
 */
import type { JobFailure, JobRetry, JobState, SourceItem } from '../source.js';
import { priorityOf } from './priorities.js';

export type JobHash = Readonly<Record<string, string | undefined>>;

const bodyBytesMax = 16 * 1024 * 1024;
const stackCharactersMax = 8 * 1024;
const reasonCharactersMax = 1_000;

/** `score`: of a delayed job. Its upper bits are the moment it is due, which a retry changes and the hash does not. */
export function itemOf(
  id: string,
  hash: JobHash,
  state: JobState,
  score: string | null | undefined,
): SourceItem {
  const { name, data = '{}' } = hash;
  const left = (reason: string): SourceItem => ({ kind: 'left', id, reason });
  if (name === undefined) return left('gone meanwhile');
  if (hash['parentKey'] !== undefined && hash['parentKey'] !== '') return left('child of a flow');
  const body = Buffer.from(data);
  if (body.length > bodyBytesMax) return left('larger than 16 MiB');
  const { rjk } = hash;
  if (state === 'delayed' && rjk !== undefined) return { kind: 'ahead', schedule: rjk, name, body };
  const { priority, isMerged } = priorityOf(Number(hash['priority'] ?? 0));
  return {
    kind: 'job',
    ...{ id, name, body, priority },
    isPriorityMerged: isMerged,
    enqueuedMs: Number(hash['timestamp'] ?? 0),
    dueMs: state === 'delayed' ? dueMsOf(hash, score) : 0,
    attemptsMade: Number(hash['atm'] ?? hash['attemptsMade'] ?? 0),
    failure: state === 'failed' ? failureOf(hash) : undefined,
    retry: retryOf(optionsOf(hash['opts'])),
  };
}

/** The lower twelve bits of a score order the jobs of one millisecond. */
function dueMsOf(hash: JobHash, score: string | null | undefined): number {
  const fromScore = Math.floor(Number(score ?? 0) / 0x1000);
  return fromScore > 0 ? fromScore : Number(hash['timestamp'] ?? 0) + Number(hash['delay'] ?? 0);
}

function failureOf(hash: JobHash): JobFailure {
  const reason = (hash['failedReason'] ?? 'unknown').slice(0, reasonCharactersMax);
  const traces = parsed(hash['stacktrace']);
  const last: unknown = Array.isArray(traces) ? traces.at(-1) : undefined;
  const stack = typeof last === 'string' ? last.slice(0, stackCharactersMax) : undefined;
  return { reason, name: /^([A-Z]\w*)(?=[:\s])/.exec(stack ?? '')?.[1] ?? 'Error', stack };
}

interface JobOptions {
  readonly attempts?: unknown;
  readonly backoff?: unknown;
}

function optionsOf(text: string | undefined): JobOptions {
  const options = parsed(text);
  return typeof options === 'object' && options !== null ? options : {};
}

/** Undefined: it was to be tried once. */
export function retryOf({ attempts, backoff }: JobOptions): JobRetry | undefined {
  if (typeof attempts !== 'number' || attempts <= 1) return undefined;
  if (typeof backoff === 'number') return { attempts, backoff: 'fixed', delayMs: backoff };
  const { type, delay } = (backoff ?? {}) as { readonly type?: unknown; readonly delay?: unknown };
  const kind = type === 'fixed' || type === 'exponential' ? type : undefined;
  return { attempts, backoff: kind, delayMs: typeof delay === 'number' ? delay : undefined };
}

function parsed(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
