/**
 * Connections to one engine beside, opened when somebody needs one, shared, and closed when nobody has for a while.
 * Invariants: nothing that goes over one waits longer than its time; a connection that failed is not used again.
 */
import type { Engine } from '../../engines/index.js';
import { SluiceError, type CancelTimer, type Clock } from '../../kernel/index.js';

const idleMs = 60_000;
/** One for each virtual host. */
const linksMax = 32;

interface Link {
  readonly opening: Promise<Engine>;
  users: number;
  cancelIdle: CancelTimer | undefined;
}

export interface EngineLinksOptions {
  readonly clock: Clock;
  /** Opens a connection to a virtual host. */
  readonly open: (vhost: string) => Promise<Engine>;
  /** Within which a call over a connection has to end, with the opening; in milliseconds. */
  readonly limitMs: number;
}

export class EngineLinks {
  readonly #clock: Clock;
  readonly #open: (vhost: string) => Promise<Engine>;
  readonly #limitMs: number;
  readonly #links = new Map<string, Link>();
  #isClosed = false;

  constructor({ clock, open, limitMs }: EngineLinksOptions) {
    this.#clock = clock;
    this.#open = open;
    this.#limitMs = limitMs;
  }

  /** How many connections are open or being opened. */
  get count(): number {
    return this.#links.size;
  }

  /** Runs `use` over the connection to a virtual host. Rejects with `timeout` besides what it and opening reject with. */
  async use<Result>(vhost: string, use: (engine: Engine) => Promise<Result>): Promise<Result> {
    const link = this.#linkTo(vhost);
    link.users++;
    link.cancelIdle?.();
    try {
      return await this.#inTime(link.opening.then(use));
    } catch (problem) {
      if (isBroken(problem)) void this.#drop(vhost, link);
      throw problem;
    } finally {
      link.users--;
      if (link.users === 0) this.#closeLater(vhost, link);
    }
  }

  /** Closes those that nobody uses: the engine went away, and who comes next finds out at once whether it is back. */
  forget(): void {
    for (const [vhost, link] of [...this.#links]) if (link.users === 0) void this.#drop(vhost, link);
  }

  /** Closes every connection. Safe to call twice. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all([...this.#links].map(([vhost, link]) => this.#drop(vhost, link)));
  }

  #linkTo(vhost: string): Link {
    const known = this.#links.get(vhost);
    if (known !== undefined) return known;
    if (this.#isClosed) throw new SluiceError('closed', 'the server stops');
    if (this.#links.size >= linksMax)
      throw new SluiceError('limit-reached', `more than ${linksMax} virtual hosts at a time`, {
        retryable: true,
      });
    const link: Link = { opening: this.#open(vhost), users: 0, cancelIdle: undefined };
    this.#links.set(vhost, link);
    link.opening.catch(() => {
      if (this.#links.get(vhost) === link) this.#links.delete(vhost);
    });
    return link;
  }

  #inTime<Result>(work: Promise<Result>): Promise<Result> {
    return new Promise((resolve, reject) => {
      const cancel = this.#clock.after(this.#limitMs, () => {
        reject(
          new SluiceError('timeout', `no answer within ${this.#limitMs / 1_000} s`, { retryable: true }),
        );
      });
      work.then(resolve, reject).finally(cancel);
    });
  }

  #closeLater(vhost: string, link: Link): void {
    if (this.#links.get(vhost) !== link) return;
    link.cancelIdle = this.#clock.after(idleMs, () => {
      void this.#drop(vhost, link);
    });
  }

  /** Resolves when it is closed; one that could not be opened is. */
  #drop(vhost: string, link: Link): Promise<void> {
    link.cancelIdle?.();
    if (this.#links.get(vhost) === link) this.#links.delete(vhost);
    return link.opening.then((engine) => engine.close()).catch(() => undefined);
  }
}

/** Whether what went wrong may be the connection's fault. */
function isBroken(problem: unknown): boolean {
  return !(problem instanceof SluiceError) || problem.retryable;
}
