/** Every queue of a broker, some at a time: whoever reads ten thousand of them holds up nobody. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Services } from '../operations/index.js';

export type Administration = Services['broker']['administration'];
export type QueueReport = ReturnType<Administration['listQueues']>[number];

/** Reports and lines of 200 queues take about 1 ms. */
const sliceQueues = 200;

/** The others on the event loop have a turn after each slice. Throws `not-found` for a virtual host that is not there. */
export async function* queuesInSlices(
  administration: Administration,
  vhost?: string,
): AsyncGenerator<QueueReport[]> {
  let slice: QueueReport[] = [];
  for (const report of administration.eachQueue(vhost)) {
    slice.push(report);
    if (slice.length < sliceQueues) continue;
    yield slice;
    await nextTurn();
    slice = [];
  }
  yield slice;
}
