/** The bursty trace of the scheduling benchmark, stretched so that it can be lived through: timers are a millisecond coarse. */
import { burstyTrace } from '../scheduling/trace.mjs';

/** All times `stretch` times as long, for about `seconds`. */
export function shortTrace({ seed, tenants, workers, load, stretch, seconds }) {
  const endMs = seconds * 1000;
  // More than enough: no kind of message is shorter than 2 ms.
  const messages = Math.ceil((endMs / (stretch * 2)) * workers * load);
  return burstyTrace({ seed, messages, tenants, workers, load })
    .map((message) => ({
      ...message,
      arrivalMs: message.arrivalMs * stretch,
      costMs: message.costMs * stretch,
      deadlineMs: message.deadlineMs * stretch,
    }))
    .filter(({ arrivalMs }) => arrivalMs < endMs);
}
