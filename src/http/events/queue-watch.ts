/**
 * Looks at every queue each second while somebody watches, and tells what has changed since. Invariants: one look
 * serves all who watch; it is made in slices; and nobody watching costs nothing.
 */
import type { CancelTimer, Clock } from '../../kernel/index.js';
import type { Services } from '../../operations/index.js';
import { queuesInSlices, type QueueReport } from '../queue-slices.js';
import type { HttpSource } from '../source.js';

const periodMs = 1_000;

/** What happens to messages, in counts or by the second. */
export interface Flow {
  readonly published: number;
  readonly delivered: number;
  readonly acknowledged: number;
}

/** What a queue holds. */
export interface Holding {
  readonly ready: number;
  readonly unacknowledged: number;
  readonly delayed: number;
  readonly bytes: number;
  readonly consumers: number;
}

/** A queue that is not as it was a look ago. */
export interface QueueChange extends Holding {
  readonly vhost: string;
  readonly name: string;
  readonly rates: Flow;
}

/** One virtual host in one look. */
export interface VhostLook {
  readonly holding: Holding;
  readonly queues: number;
  /** By the second; undefined: this is the first look. */
  readonly rates: Flow | undefined;
  readonly changed: readonly QueueChange[];
  readonly declared: readonly string[];
  readonly deleted: readonly string[];
}

export interface Look {
  readonly atMs: number;
  readonly vhosts: ReadonlyMap<string, VhostLook>;
}

/** `stopping`: the server is, and no look comes any more. */
export type Watcher = (look: Look | 'stopping') => void;

type Known = Map<string, Map<string, Holding & Flow>>;

export class QueueWatch {
  readonly #source: HttpSource;
  readonly #clock: Clock;
  readonly #watchers = new Set<Watcher>();
  #known: Known | undefined;
  #lookedMs = 0;
  #cancel: CancelTimer | undefined;

  constructor(source: HttpSource) {
    this.#source = source;
    this.#clock = source.clock;
  }

  /** Who watches now. */
  get watchers(): number {
    return this.#watchers.size;
  }

  /** Tells each look from now on; gives the function that ends it. */
  watch(watcher: Watcher): () => void {
    this.#watchers.add(watcher);
    if (this.#watchers.size === 1) this.#wait(0);
    return () => {
      this.#watchers.delete(watcher);
      if (this.#watchers.size === 0) this.stop();
    };
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#known = undefined;
  }

  #wait(delayMs: number): void {
    this.#cancel?.();
    this.#cancel = this.#clock.after(delayMs, () => {
      void this.#run();
    });
  }

  async #run(): Promise<void> {
    try {
      const parts = await this.#source.parts();
      const look = parts === undefined ? 'stopping' : await this.lookOnce(parts.services);
      for (const watcher of [...this.#watchers]) watcher(look);
    } catch (error) {
      this.#source.failed(error);
    }
    if (this.#watchers.size > 0) this.#wait(periodMs);
  }

  /** Looks at every queue. */
  async lookOnce({ broker }: Pick<Services, 'broker'>): Promise<Look> {
    const before = this.#known;
    const nowMs = this.#clock.monotonic();
    const seconds = before === undefined ? undefined : Math.max(0.001, (nowMs - this.#lookedMs) / 1_000);
    const looking = new Looking(before, seconds, broker.administration.listVirtualHosts());
    for await (const slice of queuesInSlices(broker.administration))
      for (const report of slice) looking.add(report);
    this.#known = looking.known;
    this.#lookedMs = nowMs;
    return { atMs: Math.round(this.#clock.now()), vhosts: looking.result() };
  }
}

interface OpenLook {
  holding: { -readonly [Name in keyof Holding]: number };
  rates: { -readonly [Name in keyof Flow]: number };
  queues: number;
  readonly changed: QueueChange[];
  readonly declared: string[];
}

/** One look under way. */
class Looking {
  readonly known: Known = new Map();
  readonly #before: Known | undefined;
  readonly #seconds: number | undefined;
  readonly #vhosts = new Map<string, OpenLook>();

  constructor(before: Known | undefined, seconds: number | undefined, vhosts: readonly string[]) {
    this.#before = before;
    this.#seconds = seconds;
    for (const vhost of vhosts) this.#open(vhost);
  }

  add(report: QueueReport): void {
    const { vhost, name, ready, unacknowledged, delayed, bytes, consumers } = report;
    const look = this.#vhosts.get(vhost) ?? this.#open(vhost);
    const holding = { ready, unacknowledged, delayed, bytes, consumers };
    for (const key of Object.keys(holding) as (keyof Holding)[]) look.holding[key] += holding[key];
    look.queues++;
    const { published, delivered, acknowledged } = report;
    const now = { ...holding, published, delivered, acknowledged };
    this.known.get(vhost)!.set(name, now);
    if (this.#before !== undefined) this.#compare(look, vhost, name, now);
  }

  #compare(look: OpenLook, vhost: string, name: string, now: Holding & Flow): void {
    const before = this.#before?.get(vhost)?.get(name);
    if (before === undefined) look.declared.push(name);
    else if (isSame(before, now)) return;
    const rates = {
      published: this.#rate(now.published, before?.published),
      delivered: this.#rate(now.delivered, before?.delivered),
      acknowledged: this.#rate(now.acknowledged, before?.acknowledged),
    };
    for (const key of Object.keys(rates) as (keyof Flow)[]) look.rates[key] += rates[key];
    const { ready, unacknowledged, delayed, bytes, consumers } = now;
    look.changed.push({ vhost, name, ready, unacknowledged, delayed, bytes, consumers, rates });
  }

  /** A queue of the same name that was declared anew counts from zero. */
  #rate(now: number, before = 0): number {
    return Math.round((Math.max(0, now >= before ? now - before : now) / (this.#seconds ?? 1)) * 10) / 10;
  }

  result(): ReadonlyMap<string, VhostLook> {
    return new Map(
      [...this.#vhosts].map(([vhost, look]) => {
        const names = this.known.get(vhost)!;
        const deleted = [...(this.#before?.get(vhost)?.keys() ?? [])].filter((name) => !names.has(name));
        return [vhost, { ...look, rates: this.#seconds === undefined ? undefined : look.rates, deleted }];
      }),
    );
  }

  #open(vhost: string): OpenLook {
    const look: OpenLook = {
      holding: { ready: 0, unacknowledged: 0, delayed: 0, bytes: 0, consumers: 0 },
      rates: { published: 0, delivered: 0, acknowledged: 0 },
      queues: 0,
      changed: [],
      declared: [],
    };
    this.#vhosts.set(vhost, look);
    this.known.set(vhost, new Map());
    return look;
  }
}

function isSame(a: Holding & Flow, b: Holding & Flow): boolean {
  return (Object.keys(a) as (keyof (Holding & Flow))[]).every((key) => a[key] === b[key]);
}
