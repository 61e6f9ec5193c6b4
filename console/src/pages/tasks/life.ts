/**
 * A task's life as stretches of time, from what the server knows now and what the journal tells of before. Invariant:
 * stretches come in order, and what is not known has no moment. Pure.
 */
import type { Failure, FailedAttempt, Party, TaskAnswer, TraceAnswer, TraceEvent } from './answers.ts';

export type AttemptEnd =
  'retried' | 'completed' | 'failed' | 'cancelled' | 'missed' | 'returned' | 'running' | 'unknown';

interface Stretch {
  /** Unix ms; undefined: unknown. */
  readonly fromMs: number | undefined;
  /** Undefined: it goes on, or is unknown. */
  readonly toMs: number | undefined;
}

export type Stage =
  | (Stretch & { readonly kind: 'wait' })
  /** `isRetry`: after an attempt that failed. */
  | (Stretch & { readonly kind: 'delay'; readonly isRetry: boolean })
  | (Stretch & {
      readonly kind: 'attempt';
      readonly number: number;
      readonly worker: string | undefined;
      readonly end: AttemptEnd;
      readonly failure: Failure | undefined;
    });

export interface Life {
  readonly enqueuedMs: number | undefined;
  readonly enqueuedBy: string | undefined;
  /** Undefined: it has not ended, or when is not known. */
  readonly endedMs: number | undefined;
  readonly stages: readonly Stage[];
}

type Draft = { -readonly [Field in keyof Stretch]: Stretch[Field] } & {
  kind: Stage['kind'];
  isRetry: boolean;
  number: number;
  worker: string | undefined;
  end: AttemptEnd;
};

/** A failure is of an attempt when its clock, which is the worker's, is not further off than this. */
const clockMsMax = 60_000;

function workerOf(party: Party | 'the broker' | undefined): string | undefined {
  if (party === undefined || party === 'the broker') return party;
  return party.clientName === undefined ? party.connection : `${party.clientName} (${party.connection})`;
}

class LifeMaker {
  enqueuedMs: number | undefined;
  enqueuedBy: string | undefined;
  readonly drafts: Draft[] = [];
  #attempts = 0;

  get #last(): Draft | undefined {
    const last = this.drafts.at(-1);
    return last?.toMs === undefined ? last : undefined;
  }

  begin(kind: Draft['kind'], fromMs: number | undefined, more: Partial<Draft> = {}): void {
    this.drafts.push({
      ...{ kind, fromMs, toMs: undefined, isRetry: false, number: 0, worker: undefined, end: 'unknown' },
      ...more,
    });
  }

  end(kind: Draft['kind'], atMs: number | undefined, how: AttemptEnd = 'unknown'): void {
    const last = this.#last;
    if (last?.kind !== kind) return;
    last.toMs = atMs ?? last.fromMs;
    last.end = how;
  }

  take(event: TraceEvent): void {
    const atMs = event.atMs ?? event.toMs ?? event.fromMs;
    switch (event.kind) {
      case 'published':
        // Sent back from the dead letters, it begins anew.
        this.enqueuedMs ??= atMs;
        this.enqueuedBy ??= workerOf(event.by);
        this.#attempts = 0;
        this.begin('wait', atMs);
        break;
      case 'delivered':
        this.#delivered(event, atMs);
        break;
      case 'requeued':
        this.end('attempt', atMs, event.why === 'failed' ? 'retried' : 'returned');
        if (event.why !== 'failed') this.#attempts = Math.max(0, this.#attempts - 1);
        this.begin('wait', atMs);
        break;
      case 'held-back':
        this.end('wait', atMs);
        this.end('attempt', atMs, event.isFailure === true ? 'retried' : 'returned');
        this.#dropEmptyWait();
        this.begin('delay', atMs, { isRetry: event.isFailure === true, toMs: event.dueMs });
        break;
      case 'ended':
        this.end('attempt', atMs);
        this.end('wait', atMs);
        break;
    }
  }

  #delivered({ to }: TraceEvent, atMs: number | undefined): void {
    const last = this.drafts.at(-1);
    if (last?.kind === 'delay') {
      const dueMs = Math.min(last.toMs ?? atMs ?? 0, atMs ?? Infinity);
      last.toMs = dueMs;
      if (atMs !== undefined && atMs > dueMs) this.begin('wait', dueMs, { toMs: atMs });
    }
    this.end('wait', atMs);
    this.begin('attempt', atMs, { number: ++this.#attempts, worker: workerOf(to), end: 'running' });
  }

  /** What was delayed from the beginning has not waited before. */
  #dropEmptyWait(): void {
    const last = this.drafts.at(-1);
    if (last?.kind === 'wait' && last.toMs === last.fromMs) this.drafts.pop();
  }
}

/** `trace` undefined: nobody may tell of what was before. */
export function lifeOf(answer: TaskAnswer, trace: TraceAnswer | undefined): Life {
  const maker = new LifeMaker();
  const events = (trace?.lives ?? [])
    .flatMap((life) => life.events)
    .filter((event) => isIn(event, answer.queue))
    .sort((one, other) => (one.atMs ?? one.toMs ?? 0) - (other.atMs ?? other.toMs ?? 0));
  for (const event of events) maker.take(event);
  if (events.length === 0) withoutTrace(maker, answer);
  now(maker, answer);
  const { enqueuedMs, enqueuedBy, drafts } = maker;
  const endedMs = answer.outcome?.endedMs ?? (isPending(answer) ? undefined : drafts.at(-1)?.toMs);
  return { enqueuedMs, enqueuedBy, endedMs, stages: drafts.map((draft) => stageOf(draft, answer)) };
}

function isPending({ kind }: TaskAnswer): boolean {
  return kind !== 'done' && kind !== 'dead' && kind !== 'unknown';
}

function isIn({ place, routes }: TraceEvent, queue: string): boolean {
  if (routes !== undefined) return routes.some((route) => route.queue === undefined || route.queue === queue);
  return place?.queue === undefined || place.queue === queue;
}

/** What is known without the journal: the enqueue, and what it does now or how it ended. */
function withoutTrace(maker: LifeMaker, answer: TaskAnswer): void {
  const { enqueuedAt, since, outcome, kind, attempt } = answer;
  if (enqueuedAt !== undefined) {
    maker.enqueuedMs = Date.parse(enqueuedAt);
    // Of a task that failed before, or ended, what was in between is unknown.
    const isFirst = (attempt ?? answer.attempts ?? 0) <= (kind === 'running' ? 1 : 0);
    if (isFirst) maker.begin('wait', maker.enqueuedMs);
  }
  if (kind === 'running') {
    const sinceMs = since === undefined ? undefined : Date.parse(since);
    maker.end('wait', sinceMs);
    maker.begin('attempt', sinceMs, {
      number: attempt ?? 1,
      worker: answer.by,
      end: 'running',
    });
  } else if (outcome !== undefined && outcome.attempts > 0) {
    maker.begin('attempt', undefined, { number: outcome.attempts, toMs: outcome.endedMs });
  }
}

/** What it does now goes before what the journal, which is behind, has told. */
function now(maker: LifeMaker, answer: TaskAnswer): void {
  const { kind, since, until, outcome, dead, by } = answer;
  const last = maker.drafts.at(-1);
  if (kind === 'running' && last?.kind !== 'attempt' && since !== undefined) {
    const atMs = Date.parse(since);
    maker.take({ kind: 'delivered', atMs });
    const begun = maker.drafts.at(-1)!;
    begun.worker = by;
    begun.number = answer.attempt ?? begun.number;
  } else if (kind === 'delayed' && until !== undefined && last?.kind !== 'delay') {
    maker.end('wait', last?.fromMs);
    if (last?.kind === 'wait') maker.drafts.pop();
    maker.begin('delay', last?.fromMs, { isRetry: (answer.attempts ?? 0) > 0, toMs: Date.parse(until) });
  } else if (last?.kind === 'attempt' && !isPending(answer)) {
    last.end = outcome?.state ?? (dead === undefined ? 'unknown' : 'failed');
    last.toMs ??= outcome?.endedMs;
  } else if (isPending(answer) && kind !== 'delayed' && last?.kind === 'delay') {
    maker.begin('wait', last.toMs);
  }
}

function stageOf(draft: Draft, answer: TaskAnswer): Stage {
  const { kind, fromMs, toMs, number, worker, end, isRetry } = draft;
  if (kind === 'wait') return { kind, fromMs, toMs };
  if (kind === 'delay') return { kind, fromMs, toMs, isRetry };
  return { kind, fromMs, toMs, number, worker, end, failure: failureOf(draft, answer) };
}

function failureOf({ number, toMs, end }: Draft, answer: TaskAnswer): Failure | undefined {
  if (end === 'failed') return answer.outcome?.failure ?? deadFailure(answer);
  if (end !== 'retried') return undefined;
  const distance = ({ endedMs }: FailedAttempt): number =>
    toMs === undefined ? 0 : Math.abs(endedMs - toMs);
  return (answer.failedAttempts ?? [])
    .filter((each) => each.attempt === number && distance(each) < clockMsMax)
    .sort((one, other) => distance(one) - distance(other))[0]?.failure;
}

function deadFailure({ dead }: TaskAnswer): Failure | undefined {
  if (dead === undefined) return undefined;
  return {
    name: dead.errorName ?? 'Error',
    message: dead.reason,
    ...(dead.stack === undefined ? {} : { stack: dead.stack }),
  };
}

/** Where a stretch lies between two moments, in shares of them; undefined: its beginning is unknown. */
export function shareOf(
  { fromMs, toMs }: Stretch,
  span: { readonly fromMs: number; readonly toMs: number },
): { readonly start: number; readonly length: number } | undefined {
  if (fromMs === undefined) return undefined;
  const whole = Math.max(1, span.toMs - span.fromMs);
  const start = Math.min(1, Math.max(0, (fromMs - span.fromMs) / whole));
  const end = Math.min(1, Math.max(start, ((toMs ?? span.toMs) - span.fromMs) / whole));
  return { start, length: end - start };
}
