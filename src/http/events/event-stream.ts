/**
 * One client of `/v1/events`: what it may see of each look, as server-sent events. Invariants: what waits for a client
 * is bounded, and one that reads too slowly is let go with the reason; a right that was taken away ends it at once.
 */
import type { ServerResponse } from 'node:http';
import type { IncidentNews } from '../../alerts/index.js';
import type { Clock } from '../../kernel/index.js';
import { sayFields, type PhraseBook } from '../../words/index.js';
import type { RedriveJob } from '../../operations/index.js';
import type { Caller } from '../caller.js';
import type { Look, QueueChange, VhostLook } from './queue-watch.js';

const waitingBytesMax = 262_144;
const listedMax = 500;
/** For the last words to leave. */
const farewellMs = 2_000;

/** Why a stream ends. */
export type EndReason = 'too-slow' | 'signed-out' | 'stopping';

export class EventStream {
  readonly #response: ServerResponse;
  readonly #caller: Caller;
  readonly #clock: Clock;
  readonly #book: PhraseBook | undefined;
  #isOver = false;

  /** `book`: of the language that it is read in; undefined: English. */
  constructor(response: ServerResponse, caller: Caller, clock: Clock, book?: PhraseBook) {
    this.#response = response;
    this.#caller = caller;
    this.#clock = clock;
    this.#book = book;
  }

  /** Tells a look; gives false when the stream has ended. */
  tell(look: Look): boolean {
    if (this.#isOver) return false;
    if (!this.#caller.holdsTag('manage')) return this.end('signed-out');
    if (this.#response.writableLength > waitingBytesMax) return this.end('too-slow');
    const seen = [...look.vhosts].filter(([vhost]) => this.#caller.sees(vhost));
    this.#send('totals', { atMs: look.atMs, ...totalsOf(seen.map(([, each]) => each)) });
    this.#tellChanges(seen.flatMap(([, { changed }]) => changed));
    this.#tellTopology(seen);
    return true;
  }

  /** Tells what happened to an incident, to those who monitor the server. */
  tellIncident({ incident, event, isSilenced }: IncidentNews): void {
    if (this.#isOver || !this.#caller.holdsTag('monitor')) return;
    const { id, title, severity, state } = incident;
    const news = { id, title, severity, state, isSilenced, event };
    this.#send(
      'incident',
      this.#book === undefined ? news : sayFields(news, ['title', 'event.text'], this.#book),
    );
  }

  /** Tells how a redrive goes, to those who may see the letters. */
  tellRedrive(job: RedriveJob): void {
    if (this.#isOver || !this.#caller.mayRead(job.vhost, job.queue)) return;
    const { id, vhost, queue, state, sent, total } = job;
    this.#send('redrive', { id, vhost, queue, state, sent, ...(total === undefined ? {} : { total }) });
  }

  /** Ends the stream with its reason; gives false. */
  end(reason: EndReason): false {
    if (this.#isOver) return false;
    this.#isOver = true;
    this.#send('end', { reason });
    this.#response.end();
    this.#clock.after(farewellMs, () => {
      this.#response.destroy();
    });
    return false;
  }

  #tellChanges(changed: readonly QueueChange[]): void {
    if (changed.length === 0) return;
    const left = Math.max(0, changed.length - listedMax);
    this.#send('queues', { changed: changed.slice(0, listedMax), left });
  }

  #tellTopology(seen: readonly (readonly [string, VhostLook])[]): void {
    const declared = seen.flatMap(([vhost, look]) => look.declared.map((name) => ({ vhost, name })));
    const deleted = seen.flatMap(([vhost, look]) => look.deleted.map((name) => ({ vhost, name })));
    if (declared.length + deleted.length === 0) return;
    const left = Math.max(0, declared.length - listedMax) + Math.max(0, deleted.length - listedMax);
    this.#send('topology', {
      declared: declared.slice(0, listedMax),
      deleted: deleted.slice(0, listedMax),
      left,
    });
  }

  /** JSON has no line break of its own, so it is one line of data. */
  #send(event: string, data: unknown): void {
    this.#response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  }
}

function totalsOf(looks: readonly VhostLook[]): Record<string, unknown> {
  const sum = (valueOf: (look: VhostLook) => number): number =>
    Math.round(looks.reduce((total, look) => total + valueOf(look), 0) * 10) / 10;
  const areRatesKnown = looks.every(({ rates }) => rates !== undefined);
  return {
    queues: sum(({ queues }) => queues),
    ready: sum(({ holding }) => holding.ready),
    unacknowledged: sum(({ holding }) => holding.unacknowledged),
    delayed: sum(({ holding }) => holding.delayed),
    bytes: sum(({ holding }) => holding.bytes),
    consumers: sum(({ holding }) => holding.consumers),
    ...(areRatesKnown
      ? {
          rates: {
            published: sum(({ rates }) => rates!.published),
            delivered: sum(({ rates }) => rates!.delivered),
            acknowledged: sum(({ rates }) => rates!.acknowledged),
          },
        }
      : {}),
  };
}
