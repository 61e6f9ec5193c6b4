/**
 * What the server tells each second. Invariants: one stream for the whole console, open while somebody is signed in; a
 * lost connection, and one that only seems to be there, is said, tried again, and what was missed is loaded anew by
 * whoever listens to `resumed`.
 */
import { untrack } from 'svelte';
import { speech } from '../words/words.svelte.ts';

export interface Totals {
  readonly atMs: number;
  readonly queues: number;
  readonly ready: number;
  readonly unacknowledged: number;
  readonly delayed: number;
  readonly bytes: number;
  readonly consumers: number;
  readonly rates?: Readonly<Record<'published' | 'delivered' | 'acknowledged', number>>;
}

export interface QueueChange {
  readonly vhost: string;
  readonly name: string;
  readonly ready: number;
  readonly unacknowledged: number;
  readonly delayed: number;
  readonly bytes: number;
  readonly consumers: number;
}

export interface IncidentNews {
  readonly id: string;
  readonly title: string;
  readonly severity: string;
  readonly state: string;
}

interface News {
  queues: readonly QueueChange[];
  topology: unknown;
  incident: IncidentNews;
  resumed: undefined;
}

/** A server that says nothing for so long is away: it stands still, or what is in between lost the connection. */
const silenceMsMax = 8_000;
const lookMs = 2_000;

type Listener<Name extends keyof News> = (news: News[Name]) => void;

class Live {
  state = $state<'off' | 'connecting' | 'on' | 'lost'>('off');
  totals = $state.raw<Totals | undefined>(undefined);
  #source: EventSource | undefined;
  #wasOn = false;
  #heardMs = 0;
  #watch: ReturnType<typeof setInterval> | undefined;
  readonly #listeners = new Map<keyof News, Set<Listener<never>>>();

  open(onSignedOut: () => void): void {
    this.close();
    this.state = this.#wasOn ? 'lost' : 'connecting';
    this.#listen(onSignedOut);
    this.#watch = setInterval(() => {
      if (performance.now() - this.#heardMs > silenceMsMax) this.#beginAgain(onSignedOut);
    }, lookMs);
  }

  #beginAgain(onSignedOut: () => void): void {
    this.#source?.close();
    if (this.#wasOn) this.state = 'lost';
    this.#listen(onSignedOut);
  }

  #listen(onSignedOut: () => void): void {
    this.#heardMs = performance.now();
    // Another language asks for no other stream: what is shown is asked for again all the same.
    const language = untrack(() => speech.language);
    const source = (this.#source = new EventSource(`/v1/events?language=${language}`));
    source.addEventListener('open', () => {
      const isAgain = this.#wasOn;
      this.#wasOn = true;
      this.#heardMs = performance.now();
      this.state = 'on';
      if (isAgain) this.#tell('resumed', undefined);
    });
    source.addEventListener('error', () => {
      this.state = this.#wasOn ? 'lost' : 'connecting';
      // Refused for good, or by something in between: the page finds out which.
      if (source.readyState !== EventSource.CLOSED) return;
      this.#heardMs = Infinity;
      setTimeout(onSignedOut, 1_000);
    });
    source.addEventListener('totals', ({ data }) => {
      this.#heardMs = performance.now();
      this.totals = JSON.parse(data as string) as Totals;
    });
    source.addEventListener('queues', ({ data }) => {
      this.#tell('queues', (JSON.parse(data as string) as { changed: readonly QueueChange[] }).changed);
    });
    for (const name of ['topology', 'incident'] as const)
      source.addEventListener(name, ({ data }) => {
        this.#tell(name, JSON.parse(data as string) as never);
      });
    source.addEventListener('end', ({ data }) => {
      if ((JSON.parse(data as string) as { reason?: string }).reason === 'signed-out') onSignedOut();
    });
  }

  /** Ends it; whoever listens still does, and hears of `resumed` when it is opened again. */
  close(): void {
    clearInterval(this.#watch);
    this.#source?.close();
    this.#source = undefined;
    this.state = 'off';
  }

  /** Knows nothing any more: the next to sign in may be somebody else. */
  forget(): void {
    this.close();
    this.#wasOn = false;
    this.totals = undefined;
  }

  /** Calls the listener for each piece of news; gives the function that ends it. */
  on<Name extends keyof News>(name: Name, listener: Listener<Name>): () => void {
    let listeners = this.#listeners.get(name);
    if (listeners === undefined) this.#listeners.set(name, (listeners = new Set()));
    listeners.add(listener);
    return () => {
      listeners.delete(listener);
    };
  }

  #tell<Name extends keyof News>(name: Name, news: News[Name]): void {
    for (const listener of this.#listeners.get(name) ?? []) (listener as Listener<Name>)(news);
  }
}

export const live = new Live();
