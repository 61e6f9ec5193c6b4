/**
 * Moves messages from the front of a queue to another one of the same engine. Invariant: a message is in the other
 * queue before it is gone from its own; what was not moved when the time is over goes back.
 */
import {
  movedMessage,
  type Deliveries,
  type Delivery,
  type Engine,
  type SettleOutcome,
} from '../../engines/index.js';
import { SluiceError, type Clock } from '../../kernel/index.js';
import type { EngineMoveOutcome } from '../../operations/index.js';

const prefetchMax = 100;
/** Of the whole move, within the time that a connection gives. */
const moveMs = 10_000;
/** Without a message for so long, others have taken what was there. */
const quietMs = 1_500;

/** Rejects with `not-found` where one of the queues is not there. */
export async function moveMessages(
  engine: Engine,
  clock: Clock,
  { queue, to, count }: { readonly queue: string; readonly to: string; readonly count: number },
): Promise<EngineMoveOutcome> {
  const [source, target] = await Promise.all([
    engine.topology.describeQueue(queue),
    engine.topology.describeQueue(to),
  ]);
  if (source === undefined) throw new SluiceError('not-found', `there is no queue '${queue}'`);
  if (target === undefined) throw new SluiceError('not-found', `there is no queue '${to}'`);
  const wanted = Math.min(count, source.ready);
  if (wanted === 0) return { moved: 0, isDone: true };
  const prefetch = Math.min(prefetchMax, wanted);
  const deliveries = await engine.receive(queue, { prefetch, deadLetterQueue: queue });
  try {
    return await moveFrom(deliveries, clock, to, wanted);
  } finally {
    await deliveries.close();
  }
}

async function moveFrom(
  deliveries: Deliveries,
  clock: Clock,
  to: string,
  wanted: number,
): Promise<EngineMoveOutcome> {
  const endMs = clock.monotonic() + moveMs;
  const moves: Promise<SettleOutcome>[] = [];
  while (moves.length < wanted) {
    const delivery = await nextWithin(deliveries, clock, Math.min(quietMs, endMs - clock.monotonic()));
    if (delivery === undefined) break;
    const move = delivery.ack({ send: { queue: to, message: movedMessage(delivery) } });
    // The first refusal is told once all have an answer.
    move.catch(() => undefined);
    moves.push(move);
  }
  const outcomes = await Promise.allSettled(moves);
  const refused = outcomes.find((outcome) => outcome.status === 'rejected');
  const moved = outcomes.filter((each) => each.status === 'fulfilled' && each.value === 'settled').length;
  if (refused !== undefined && moved === 0) throw refused.reason;
  return { moved, isDone: moved === wanted };
}

/** Undefined: none came in time. */
function nextWithin(deliveries: Deliveries, clock: Clock, limitMs: number): Promise<Delivery | undefined> {
  if (limitMs <= 0) return Promise.resolve(undefined);
  return new Promise((resolve, reject) => {
    const cancel = clock.after(limitMs, () => {
      resolve(undefined);
    });
    deliveries
      .next()
      .then(({ value }) => {
        resolve(value);
      }, reject)
      .finally(cancel);
  });
}
