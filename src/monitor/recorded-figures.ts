/**
 * Figures of a directory that nobody measures: history alone, as it was left. Invariant: nothing of it is changed, and
 * the newest measurement is unknown.
 */
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock, Disk } from '../kernel/index.js';
import { catalogue } from './catalogue.js';
import type { Figures } from './figures.js';
import { History, type Selection, type Stretch } from './history/index.js';
import { unchangedDisk } from './history/unchanged-disk.js';
import type { Sample } from './sample.js';

export interface RecordedOptions {
  readonly clock: Clock;
  readonly disk: Disk;
  /** The data directory: history lies in `history` in it. Nobody else may write there meanwhile. */
  readonly directory: string;
}

export class RecordedFigures implements Figures {
  readonly #history: History;

  private constructor(history: History) {
    this.#history = history;
  }

  /** Rejects with the system's error where history cannot be read. */
  static async open({ clock, disk, directory }: RecordedOptions): Promise<RecordedFigures> {
    const history = await History.open({
      ...{ clock, disk: unchangedDisk(disk), directory: join(directory, 'history') },
      ...{ kinds: catalogue, pause: () => nextTurn() },
    });
    return new RecordedFigures(history);
  }

  /** Unix seconds: where history ends. */
  get second(): number | undefined {
    return this.#history.endSecond;
  }

  /** Unix seconds of the oldest that history knows; undefined: it knows nothing. */
  get historySecond(): number | undefined {
    return this.#history.startSecond;
  }

  latest(): Iterable<Sample> {
    return [];
  }

  find(): undefined {
    return undefined;
  }

  objects(kind: string): Iterable<readonly string[]> {
    return this.#history.objects(kind);
  }

  select(selection: Selection): Promise<readonly Stretch[]> {
    return this.#history.select(selection);
  }

  onMeasured(): () => void {
    return () => undefined;
  }

  close(): Promise<void> {
    return this.#history.close();
  }
}
