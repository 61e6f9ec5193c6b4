/** One message's life while the journal is read. Invariant: events stand in the order of their records. */
import type { TracedLife, TraceEvent, TracePlace, TraceTime } from './trace.js';

/** Of a message that is requeued again and again the first of these are told, and its end. */
const eventsMax = 1_000;

/** An event, without the kinds' own fields lost by an `Omit` over a union. */
export type NewEvent = TraceEvent extends infer Each
  ? Each extends TraceEvent
    ? Omit<Each, keyof TraceTime>
    : never
  : never;

export class Life {
  readonly messageId: string | undefined;
  readonly #hasOrigin: boolean;
  readonly #events: TraceEvent[] = [];
  /** Index of the first event whose latest moment is not known yet. */
  #unbounded = 0;
  readonly #places = new Map<string, TracePlace>();

  constructor(messageId: string | undefined, hasOrigin: boolean) {
    this.messageId = messageId;
    this.#hasOrigin = hasOrigin;
  }

  add(event: NewEvent, time: TraceTime): void {
    if (this.#events.length >= eventsMax && event.kind !== 'ended') return;
    this.#events.push({ ...event, ...this.#inOrder(time) });
  }

  /** Moments of some records are told in whole milliseconds: none seems to come before what it followed. */
  #inOrder(time: TraceTime): TraceTime {
    const { atMs } = time;
    const beforeMs = this.#events.at(-1)?.atMs;
    if (atMs === undefined || beforeMs === undefined || atMs >= beforeMs || beforeMs - atMs >= 1) return time;
    return { atMs: beforeMs };
  }

  /** That a delivery was possible says nothing beside the delivery itself. */
  forgetPossible({ queueNumber, position }: TracePlace): void {
    const at = this.#events.findLastIndex(
      (event) =>
        'place' in event && event.place.queueNumber === queueNumber && event.place.position === position,
    );
    if (this.#events[at]?.kind !== 'delivery-possible') return;
    this.#events.splice(at, 1);
    if (at < this.#unbounded) this.#unbounded--;
  }

  enter(key: string, place: TracePlace): void {
    this.#places.set(key, place);
  }

  leave(key: string): void {
    this.#places.delete(key);
  }

  /** Whatever came before had happened by then. */
  boundBy(toMs: number): void {
    for (; this.#unbounded < this.#events.length; this.#unbounded++) {
      const event = this.#events[this.#unbounded]!;
      if (event.atMs === undefined)
        this.#events[this.#unbounded] = { ...event, toMs: Math.max(toMs, event.fromMs ?? toMs) };
    }
  }

  finish(): TracedLife {
    return {
      ...(this.messageId === undefined ? {} : { messageId: this.messageId }),
      hasOrigin: this.#hasOrigin,
      events: this.#events,
      places: [...this.#places.values()],
    };
  }
}
