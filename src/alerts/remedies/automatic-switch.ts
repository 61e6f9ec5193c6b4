/**
 * Whether rules may apply remedies by themselves, in `DIR/alerts/remedy-switch`. Invariants: what was said stays said over
 * a restart; where that cannot be read it is off; the configuration's no counts for more.
 */
import { join } from 'node:path';
import { SluiceError, type Disk } from '../../kernel/index.js';
import { JsonFolder } from '../notify/json-folder.js';

/** As it stands, and who said so. */
export interface SwitchState {
  readonly isOn: boolean;
  /** `default`: nobody said anything. */
  readonly by: string;
  /** Unix ms; left out where nobody said anything. */
  readonly atMs?: number;
}

interface Kept {
  readonly isOn: boolean;
  readonly by: string;
  readonly atMs: number;
}

const file = 'automatic';

export class AutomaticSwitch {
  readonly #folder: JsonFolder<Kept>;
  #isAllowed: boolean;
  #kept: Kept | undefined;
  readonly #isDamaged: boolean;

  private constructor(
    folder: JsonFolder<Kept>,
    isAllowed: boolean,
    kept: Kept | undefined,
    isDamaged: boolean,
  ) {
    this.#folder = folder;
    this.#isAllowed = isAllowed;
    this.#kept = kept;
    this.#isDamaged = isDamaged;
  }

  /** Rejects with the system's error. */
  static async open(
    disk: Disk,
    directory: string,
    isAllowed: boolean,
    onProblem: (problem: string) => void,
  ): Promise<AutomaticSwitch> {
    const folder = new JsonFolder(disk, join(directory, 'alerts', 'remedy-switch'), isKept);
    let isDamaged = false;
    const values = await folder.load((path, reason) => {
      isDamaged = true;
      onProblem(`whether remedies may be automatic cannot be read, so they are not (${path}): ${reason}`);
    });
    return new AutomaticSwitch(folder, isAllowed, values.get(file), isDamaged);
  }

  get isOn(): boolean {
    return this.state.isOn;
  }

  get state(): SwitchState {
    if (!this.#isAllowed) return { isOn: false, by: 'the configuration' };
    return this.#kept ?? { isOn: !this.#isDamaged, by: this.#isDamaged ? 'a damaged file' : 'default' };
  }

  /** What the configuration says from now on. */
  allow(isAllowed: boolean): void {
    this.#isAllowed = isAllowed;
  }

  /** Resolves when it is on disk. Rejects with `precondition-failed` where the configuration says no. */
  async set(isOn: boolean, { by, atMs }: Omit<Kept, 'isOn'>): Promise<void> {
    if (isOn && !this.#isAllowed)
      throw new SluiceError('precondition-failed', 'the configuration has alerts.remedies.automatic: false');
    const kept = { isOn, by, atMs };
    await this.#folder.put(file, kept);
    this.#kept = kept;
  }
}

function isKept(value: unknown): value is Kept {
  const { isOn, by, atMs } = (value ?? {}) as Partial<Kept>;
  return typeof isOn === 'boolean' && typeof by === 'string' && typeof atMs === 'number';
}
