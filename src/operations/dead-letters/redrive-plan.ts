/** What a redrive would do, and what stands against it. Invariant: it changes nothing, and says what it did not look at. */
import type { Broker, QueueReport } from '../../broker/index.js';
import type { Clock } from '../../kernel/index.js';
import { ChosenLetters, type ChosenLetter } from './chosen-letters.js';
import { RedriveRecords } from './redrive-records.js';
import {
  forbidding,
  type Objection,
  type PlannedTarget,
  type RedrivePlan,
  type RedriveRequest,
} from './redrive-request.js';

const matchedMax = 50_000;
const elapsedMsMax = 5_000;
/** Queues that are told of one by one: letters name them, and may have made them up. */
const targetsMax = 1_000;
const none: ReadonlySet<ChosenLetter> = new Set();

interface Parts {
  readonly broker: Broker;
  readonly clock: Clock;
}

/** Rejects with `not-found` for the queue of dead letters. `each` is called with every letter that has where to go. */
export async function planRedrive(
  { broker, clock }: Parts,
  request: RedriveRequest,
  signal?: AbortSignal,
  each?: (letter: ChosenLetter) => void,
): Promise<RedrivePlan> {
  const { vhost, queue, guard, count: most = Infinity } = request;
  const { administration } = broker;
  const letters = new ChosenLetters(broker, request);
  const records = new RedriveRecords(broker, vhost);
  const untilMs = clock.monotonic() + elapsedMsMax;
  const sum = { matched: 0, bytes: 0, homeless: 0, duplicates: 0, unnamed: 0, failedAgain: 0 };
  const targets = new Map<string, number>();
  const named = new Set<string>();
  const isOpenTo = openTargets(broker, request);
  let going = 0;
  while (sum.matched < matchedMax && clock.monotonic() < untilMs && signal?.aborted !== true) {
    const batch = await letters.next(signal);
    if (batch === undefined) break;
    const sent = guard ? await records.sentAmong(queue, batch) : none;
    for (const letter of batch) {
      const isOpen = letter.target !== undefined && isOpenTo(letter.target);
      if (isOpen && going >= most) continue;
      const isAgain = isCopy(letter, named);
      const isKept = guard && (isAgain || sent.has(letter));
      sum.matched++;
      sum.bytes += letter.bytes;
      if (letter.death.redriven > 0) sum.failedAgain++;
      if (isKept) sum.duplicates++;
      else if (isOpen) going++;
      if (isOpen) each?.(letter);
      if (letter.target === undefined) sum.homeless++;
      else if (targets.size < targetsMax || targets.has(letter.target))
        targets.set(letter.target, (targets.get(letter.target) ?? 0) + 1);
      if (!isAgain && letter.death.messageId === undefined) sum.unnamed++;
    }
  }
  const planned = [...targets].map(([name, count]) => plannedTarget(broker, request, name, count));
  const { ready, delayed, gated, held } = administration.describeQueue(vhost, queue);
  const there = request.positions?.length ?? ready + delayed + gated + held;
  return {
    ...sum,
    sendable: going,
    targets: planned.sort((a, b) => b.count - a.count),
    seen: letters.seen,
    unseen: Math.max(0, there - letters.seen),
  };
}

/** Whether letters may go to a queue; asked of the broker once for each. */
function openTargets(broker: Broker, request: RedriveRequest): (target: string) => boolean {
  const known = new Map<string, boolean>();
  return (target) => {
    let isOpen = known.get(target);
    if (isOpen === undefined) {
      isOpen = !objectionsTo(broker, request, target).some((objection) => forbidding.has(objection));
      if (known.size < targetsMax) known.set(target, isOpen);
    }
    return isOpen;
  };
}

/** Whether one of the same identifier, that failed as often, was there before. */
function isCopy({ death: { messageId, redriven } }: ChosenLetter, named: Set<string>): boolean {
  if (messageId === undefined) return false;
  const name = `${redriven} ${messageId}`;
  if (named.has(name)) return true;
  named.add(name);
  return false;
}

function plannedTarget(broker: Broker, request: RedriveRequest, queue: string, count: number): PlannedTarget {
  return { queue, count, against: objectionsTo(broker, request, queue, count) };
}

/** What stands against a queue that letters are to go to. */
export function objectionsTo(
  { administration }: Broker,
  { vhost, queue: from }: Pick<RedriveRequest, 'vhost' | 'queue'>,
  to: string,
  count = 1,
): Objection[] {
  if (to === from) return ['same-queue'];
  let report: QueueReport;
  try {
    report = administration.describeQueue(vhost, to);
  } catch {
    return ['missing'];
  }
  if (!report.durable && administration.describeQueue(vhost, from).durable) return ['not-durable'];
  const against: Objection[] = [];
  if (report.paused) against.push('paused');
  if (report.consumers === 0) against.push('no-consumer');
  const room = roomIn(report);
  if (count > room) against.push(overflowOf(report) === 'drop-head' ? 'drops-oldest' : 'full');
  return against;
}

function roomIn({ arguments: own, effectivePolicy, ready, delayed, gated, held }: QueueReport): number {
  const limits = [own.get('x-max-length'), effectivePolicy?.['max-length']].map((value) =>
    value === undefined ? Infinity : Number((value as { readonly value?: unknown }).value ?? value),
  );
  return Math.min(...limits) - (ready + delayed + gated + held);
}

function overflowOf({ arguments: own, effectivePolicy }: QueueReport): string {
  const overflow = own.get('x-overflow') ?? effectivePolicy?.['overflow'];
  return typeof overflow === 'string' ? overflow : 'drop-head';
}
