/**
 * Parts that settings name, such as engines beside. Invariant: where settings change, those that are gone end, new ones
 * start, and whatever is as it was goes on.
 */
import { messageOf } from '../kernel/index.js';

/** What runs by its settings. */
export interface ConfiguredPart<Settings> {
  /** Goes on under other settings; left out: another takes its place. */
  configure?(settings: Settings): void;
  stop(): void | Promise<void>;
}

interface Running<Settings, Part> {
  readonly settings: Settings;
  readonly part: Part;
}

export interface ConfiguredPartsOptions<Settings, Part> {
  readonly start: (name: string, settings: Settings) => Part | Promise<Part>;
  /** Told of a part that does not start or end; the others go on. */
  readonly onProblem: (problem: string) => void;
}

export class ConfiguredParts<Settings, Part extends ConfiguredPart<Settings>> {
  readonly #options: ConfiguredPartsOptions<Settings, Part>;
  #running: ReadonlyMap<string, Running<Settings, Part>> = new Map();

  constructor(options: ConfiguredPartsOptions<Settings, Part>) {
    this.#options = options;
  }

  /** In the order of the settings. */
  all(): readonly Part[] {
    return [...this.#running.values()].map(({ part }) => part);
  }

  get(name: string): Part | undefined {
    return this.#running.get(name)?.part;
  }

  /** Never rejects. One call at a time. */
  async configure(wanted: Readonly<Record<string, Settings>>): Promise<void> {
    const kept = await this.#keep(wanted);
    const running = new Map<string, Running<Settings, Part>>();
    for (const [name, settings] of Object.entries(wanted)) {
      const known = kept.get(name);
      if (known !== undefined) running.set(name, known);
      else
        await this.#attempt(name, async () => {
          running.set(name, { settings, part: await this.#options.start(name, settings) });
        });
    }
    this.#running = running;
  }

  stop(): Promise<void> {
    return this.configure({});
  }

  /** Ends what is not to go on, and gives what is. */
  async #keep(
    wanted: Readonly<Record<string, Settings>>,
  ): Promise<ReadonlyMap<string, Running<Settings, Part>>> {
    const kept = new Map<string, Running<Settings, Part>>();
    for (const [name, running] of this.#running) {
      const next = goneOn(running, wanted[name]);
      if (next !== undefined) kept.set(name, next);
      else await this.#attempt(name, async () => running.part.stop());
    }
    return kept;
  }

  async #attempt(name: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (problem) {
      this.#options.onProblem(`${name}: ${messageOf(problem)}`);
    }
  }
}

/** The part under what is wanted of it; undefined: it must end. */
function goneOn<Settings, Part extends ConfiguredPart<Settings>>(
  { settings, part }: Running<Settings, Part>,
  wanted: Settings | undefined,
): Running<Settings, Part> | undefined {
  if (wanted === undefined) return undefined;
  if (JSON.stringify(settings) === JSON.stringify(wanted)) return { settings, part };
  if (part.configure === undefined) return undefined;
  part.configure(wanted);
  return { settings: wanted, part };
}
