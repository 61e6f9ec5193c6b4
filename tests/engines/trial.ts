/** One case of the exam: an engine of its own, names of its own, and everything closed after it. */
import { expect, test } from 'vitest';
import type { CapabilityName, Delivery, Queue, QueueOptions } from '../../src/index.js';
import type { App } from '../../src/engines/index.js';
import type { Target } from './target.js';

let trials = 0;

export class Trial {
  readonly target: Target;
  readonly #number = ++trials;
  readonly #apps: App[] = [];
  #names = 0;

  constructor(target: Target) {
    this.target = target;
  }

  /** A name that nothing else uses. */
  name(): string {
    return `exam.${this.#number}.${++this.#names}`;
  }

  async open(): Promise<App> {
    const app = await this.target.open();
    this.#apps.push(app);
    return app;
  }

  /** A queue with a new name, on an engine that was just opened. */
  async queue(options?: QueueOptions): Promise<Queue> {
    return (await this.open()).queue(this.name(), options);
  }

  async crash(app: App): Promise<App> {
    const next = await this.target.crash(app);
    this.#apps.splice(this.#apps.indexOf(app), 1, next);
    return next;
  }

  async end(): Promise<void> {
    for (const app of this.#apps) await app.close();
  }
}

/** How a topic registers its cases. */
export type Case = (name: string, run: (trial: Trial) => Promise<void>, scope?: Scope) => void;

export interface Scope {
  /** Only where there is a server to kill. */
  readonly needsServer?: boolean;
}

/** Registers one case against the target of the running exam. */
export function examine(
  target: () => Target,
  name: string,
  run: (trial: Trial) => Promise<void>,
  scope: Scope = {},
): void {
  test(name, async (context) => {
    if (scope.needsServer === true && target().restart === undefined)
      context.skip('there is no server to kill');
    const trial = new Trial(target());
    try {
      await run(trial);
    } finally {
      await trial.end();
    }
  });
}

/** The next message of `queue`, still held by a receiver that takes no more. */
export async function takeOne(queue: Queue): Promise<Delivery> {
  const [message] = await take(queue, 1);
  return message!;
}

/** The next `count` messages of `queue`, all still held. */
export async function take(queue: Queue, count: number): Promise<Delivery[]> {
  const reception = queue.receive({ prefetch: count });
  const messages: Delivery[] = [];
  while (messages.length < count) {
    const { value, done } = await reception.next();
    if (done === true) break;
    messages.push(value);
  }
  await reception.close();
  return messages;
}

/** What the bodies say, in order; all are acknowledged. */
export async function takeTexts(queue: Queue, count: number): Promise<string[]> {
  const messages = await take(queue, count);
  for (const message of messages) expect(await message.ack()).toBe('settled');
  return messages.map((message) => message.text());
}

/** Whether the engine has the capability, natively or emulated. */
export function has(app: App, capability: CapabilityName): boolean {
  return app.capabilities[capability].kind !== 'none';
}

/** The typed refusal of a capability that is `none`. */
export async function expectRefusal(work: () => unknown, capability: CapabilityName): Promise<void> {
  const refused = (async () => {
    await work();
  })();
  await expect(refused).rejects.toMatchObject({ code: 'unsupported', details: { capability } });
}

/** Looks again until `holds`; the case's own time limit bounds it. */
export async function eventually(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setImmediate(resolve));
}
