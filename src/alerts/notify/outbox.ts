/**
 * Notifications that were decided and are not delivered, on disk, in the order of their making. Invariant: a
 * notification is here before anyone is told that it goes out, and leaves when it was delivered or given up.
 */
import { join } from 'node:path';
import type { Disk } from '../../kernel/index.js';
import { JsonFolder } from './json-folder.js';
import type { Notice } from './notice.js';

const orderDigits = 12;

function isNotice(value: unknown): value is Notice {
  const { id, receiver, incident, atMs } = (value ?? {}) as Partial<Record<keyof Notice, unknown>>;
  const isNamed = typeof id === 'string' && typeof receiver === 'string' && typeof atMs === 'number';
  return isNamed && typeof incident === 'object' && incident !== null;
}

export class Outbox {
  readonly #folder: JsonFolder<Notice>;
  /** File names by id. */
  readonly #names = new Map<string, string>();
  #order = 0;

  constructor(disk: Disk, directory: string) {
    this.#folder = new JsonFolder(disk, join(directory, 'outbox'), isNotice);
  }

  /** What an earlier life left, the oldest first. */
  async load(damaged: (path: string, reason: string) => void): Promise<Notice[]> {
    const found = await this.#folder.load(damaged);
    for (const [name, { id }] of found) {
      this.#names.set(id, name);
      this.#order = Math.max(this.#order, Number.parseInt(name, 10) || 0);
    }
    return [...found.values()];
  }

  has(id: string): boolean {
    return this.#names.has(id);
  }

  /** Rejects with the system's error. */
  async add(notice: Notice): Promise<void> {
    this.#order += 1;
    const name = `${String(this.#order).padStart(orderDigits, '0')}-${notice.id}`;
    this.#names.set(notice.id, name);
    await this.#folder.put(name, notice);
  }

  /** Rejects with the system's error. */
  async remove(id: string): Promise<void> {
    const name = this.#names.get(id);
    this.#names.delete(id);
    if (name !== undefined) await this.#folder.remove(name);
  }
}
