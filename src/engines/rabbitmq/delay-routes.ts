/** The delay queues that this engine has made, and all that may be there. Invariant: a queue is there before it is used. */
import { allDelayNames, delayName, delayStepMs, makeDelayQueue, type DelayKind } from './delay-queues.js';
import type { ServerChannels } from './server-channels.js';

export class DelayRoutes {
  readonly #channels: ServerChannels;
  readonly #kind: DelayKind;
  readonly #made = new Map<number, Promise<void>>();

  constructor(channels: ServerChannels, kind: DelayKind) {
    this.#channels = channels;
    this.#kind = kind;
  }

  /** The exchange that delays by `delayMs`, or a little more. */
  async exchangeFor(delayMs: number): Promise<string> {
    const stepMs = delayStepMs(delayMs);
    let made = this.#made.get(stepMs);
    if (made === undefined) {
      made = this.#channels.use((channel) => makeDelayQueue(channel, this.#kind, stepMs));
      this.#made.set(stepMs, made);
    }
    try {
      await made;
    } catch (error) {
      this.#made.delete(stepMs);
      throw error;
    }
    return delayName(this.#kind, stepMs);
  }

  /** The names that are there. */
  async list(): Promise<readonly string[]> {
    const found: string[] = [];
    for (const name of allDelayNames()) if ((await this.#waiting(name)) !== undefined) found.push(name);
    return found;
  }

  /** Removes the queues in which nothing waits, and their exchanges. */
  async clean(): Promise<readonly string[]> {
    const removed: string[] = [];
    for (const name of allDelayNames()) {
      if ((await this.#waiting(name)) !== 0) continue;
      await this.#channels.use(async (channel) => {
        await channel.deleteExchange(name);
        await channel.deleteQueue(name);
      });
      removed.push(name);
    }
    this.#made.clear();
    return removed;
  }

  async #waiting(name: string): Promise<number | undefined> {
    return (await this.#channels.find((channel) => channel.checkQueue(name)))?.messageCount;
  }
}
