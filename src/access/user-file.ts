/**
 * The users' file, `access/users.json`, and its previous copy. Users never roll back with messages, so they
 * live outside the journal. Invariant: once the file has existed, its absence or damage stops the start; it
 * is never replaced by a fresh one.
 *
 *   { "format": "sluice-users", "version": 1, "sha256": hex of the JSON text of "body",
 *     "body": { "revision": number of changes so far, "users": [ … ] } }
 */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { z } from 'zod';
import { messageOf, SluiceError, systemCodeOf, type Disk, readWhole, writeWhole } from '../kernel/index.js';
import { userRecord, type UserRecord } from './user-record.js';

const fileName = 'users.json';
const previousName = 'users.previous.json';
const fileBytesMax = 256 * 1024 * 1024;
const version = 1;

const body = z.strictObject({ revision: z.int().min(0), users: z.array(userRecord) });
const header = z.object({ format: z.literal('sluice-users'), version: z.int().min(1) });
const wholeFile = z.strictObject({
  format: z.literal('sluice-users'),
  version: z.literal(version),
  sha256: z.string(),
  body: z.unknown(),
});

/** What the file holds. `revision` is 0 until someone changes what was created at first. */
export interface StoredUsers {
  readonly revision: number;
  readonly users: readonly UserRecord[];
}

/** The file in one `access` directory. One save at a time. */
export class UserFile {
  readonly #disk: Disk;
  readonly #directory: string;
  #current: Buffer | undefined;

  constructor(disk: Disk, directory: string) {
    this.#disk = disk;
    this.#directory = directory;
  }

  /**
   * Reads the file; `undefined` when this directory never held one. Rejects with `config-invalid` when it is
   * damaged, or absent where other files show that it existed, and with `format-newer`.
   */
  async load(): Promise<StoredUsers | undefined> {
    const path = join(this.#directory, fileName);
    const present = await this.#disk.list(this.#directory);
    if (!present.includes(fileName)) {
      if (present.some((name) => !name.endsWith('.new'))) throw this.#invalid('is missing');
      return undefined;
    }
    const content = await readWhole(this.#disk, path, fileBytesMax);
    const stored = this.#parse(content);
    this.#current = content;
    return stored;
  }

  /**
   * Makes `stored` durable, keeping what was there as the previous copy. Rejects with `disk-full` or
   * `disk-failed`; the next save then writes everything anew.
   */
  async save(stored: StoredUsers): Promise<void> {
    const content = Buffer.from(serialize(stored));
    try {
      if (this.#current !== undefined) {
        await writeWhole(this.#disk, this.#directory, previousName, this.#current);
      }
      await writeWhole(this.#disk, this.#directory, fileName, content);
    } catch (cause) {
      const code = systemCodeOf(cause) === 'ENOSPC' ? 'disk-full' : 'disk-failed';
      const message = `users could not be saved: ${messageOf(cause)}`;
      throw new SluiceError(code, message, { retryable: true, cause });
    }
    this.#current = content;
  }

  #parse(content: Buffer): StoredUsers {
    const raw = this.#json(content);
    const { success, data: head } = header.safeParse(raw);
    if (success && head.version > version) {
      const message = `${join(this.#directory, fileName)} has version ${head.version}; this release reads ${version}`;
      throw new SluiceError('format-newer', message);
    }
    const file = wholeFile.safeParse(raw);
    if (!file.success) throw this.#invalid('is not a users file');
    if (digest(JSON.stringify(file.data.body)) !== file.data.sha256)
      throw this.#invalid('fails its checksum');
    const parsed = body.safeParse(file.data.body);
    if (!parsed.success)
      throw this.#invalid(`holds what this release cannot use: ${z.prettifyError(parsed.error)}`);
    const names = new Set(parsed.data.users.map((user) => user.name));
    if (names.size !== parsed.data.users.length) throw this.#invalid('holds a user twice');
    return parsed.data;
  }

  #json(content: Buffer): unknown {
    try {
      return JSON.parse(content.toString('utf8'));
    } catch (problem) {
      throw this.#invalid(
        content.length === 0 ? 'is empty' : `is not JSON (${messageOf(problem).slice(0, 80)})`,
      );
    }
  }

  #invalid(what: string): SluiceError {
    const path = join(this.#directory, fileName);
    return new SluiceError(
      'config-invalid',
      `${path} ${what}. Nobody may sign in on a guess, so the start stops here. ` +
        `The copy before the last change is ${previousName}: put it, or a backup, in its place.`,
      { details: { path } },
    );
  }
}

function serialize(stored: StoredUsers): string {
  const text = JSON.stringify({ revision: stored.revision, users: stored.users });
  return `{"format":"sluice-users","version":${version},"sha256":"${digest(text)}","body":${text}}\n`;
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
