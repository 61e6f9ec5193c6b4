/**
 * A folder of small JSON files by name. Invariant: each file appears whole, and what cannot be read is set aside under
 * another name, never taken for something else.
 */
import { join } from 'node:path';
import {
  messageOf,
  readWhole,
  SluiceError,
  systemCodeOf,
  writeWhole,
  type Disk,
} from '../../kernel/index.js';

const fileBytesMax = 1_048_576;
const ending = '.json';

export class JsonFolder<Value> {
  readonly #disk: Disk;
  readonly #directory: string;
  readonly #accept: (value: unknown) => value is Value;

  /** `accept` tells what is of this folder from what is not. */
  constructor(disk: Disk, directory: string, accept: (value: unknown) => value is Value) {
    this.#disk = disk;
    this.#directory = directory;
    this.#accept = accept;
  }

  /** Everything in it, by name, in the order of the names. `damaged` is told of files that were set aside. */
  async load(damaged: (path: string, reason: string) => void): Promise<Map<string, Value>> {
    await this.#disk.makeDirectory(this.#directory);
    const values = new Map<string, Value>();
    for (const file of await this.#disk.list(this.#directory)) {
      if (!file.endsWith(ending)) continue;
      const path = join(this.#directory, file);
      try {
        values.set(file.slice(0, -ending.length), await this.#read(path));
      } catch (error) {
        await this.#disk.rename(path, `${path}.damaged`);
        damaged(`${path}.damaged`, messageOf(error));
      }
    }
    return values;
  }

  /** Rejects with the system's error; what was there before then stays. */
  async put(name: string, value: Value): Promise<void> {
    await writeWhole(this.#disk, this.#directory, name + ending, Buffer.from(JSON.stringify(value)));
  }

  /** A file that is not there is removed already. */
  async remove(name: string): Promise<void> {
    try {
      await this.#disk.unlink(join(this.#directory, name + ending));
    } catch (error) {
      if (systemCodeOf(error) !== 'ENOENT') throw error;
    }
  }

  async #read(path: string): Promise<Value> {
    const value: unknown = JSON.parse((await readWhole(this.#disk, path, fileBytesMax)).toString('utf8'));
    if (this.#accept(value)) return value;
    throw new SluiceError('bad-input', 'it holds something else');
  }
}
