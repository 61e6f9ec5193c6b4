/**
 * What happens when the owner of a directory goes: whoever gets the lock owns it next, and everybody else attaches to
 * that one. Invariant: this process opens the journal only while it holds the lock.
 */
import { setTimeout as wait } from 'node:timers/promises';
import type { DirectoryIdentity } from '../../control/index.js';
import { messageOf, SluiceError } from '../../kernel/index.js';
import type { Engine, EngineRole } from '../index.js';
import type { Attachment } from './attach.js';
import type { Tenure } from './tenure.js';

/** Between two tries, while the last owner ends or the next one begins. */
const retryMs = 20;

/** An engine of this process's own, and what it serves others. */
export interface OwnedEngine {
  readonly engine: Engine;
  readonly ports: Readonly<Record<string, number>>;
}

export interface SuccessionOptions {
  /** The directory that this process attached to: another one at its path is not taken. */
  readonly identity: DirectoryIdentity;
  readonly tenure: Tenure;
  /** Owns the directory. Rejects with `directory-owned` where somebody else does. */
  readonly own: (wanted: DirectoryIdentity) => Promise<OwnedEngine>;
  /** Attaches to the owner; undefined where there is none. */
  readonly attach: () => Promise<Attachment | undefined>;
  /** Called with the next engine before anybody uses it. */
  readonly prepare: (engine: Engine) => Promise<void>;
}

/** Codes with which a try is made again: the owner comes or goes at this moment, or does not answer. */
const passing = new Set(['directory-owned', 'closed', 'connection-failed', 'timeout']);

export class Succession {
  readonly #options: SuccessionOptions;
  readonly #listeners = new Set<(role: EngineRole) => void>();
  #role: EngineRole = 'attached';
  #ports: Readonly<Record<string, number>> = {};
  #isClosed = false;
  #running: Promise<void> | undefined;

  constructor(options: SuccessionOptions) {
    this.#options = options;
  }

  get role(): EngineRole {
    return this.#role;
  }

  get ports(): Readonly<Record<string, number>> {
    return this.#ports;
  }

  on(_event: 'role', listener: (role: EngineRole) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Goes on when the owner that `attachment` leads to is gone. */
  follow(attachment: Attachment): void {
    attachment.onLost(() => {
      this.#lost(attachment.engine);
    });
  }

  /** The owner is gone: finds or becomes the next. */
  #lost(lost: Engine): void {
    const { tenure } = this.#options;
    if (this.#isClosed || tenure.current !== lost) return;
    tenure.vacate();
    // Its receivers hear that it is over; the connection is gone already.
    void lost.close();
    this.#running = this.#run();
  }

  /** Ends it and whichever engine there is. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const { tenure } = this.#options;
    const { current } = tenure;
    tenure.finish(new SluiceError('closed', 'the engine was closed'));
    await current?.close();
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#isClosed) {
      const found = await this.#try();
      if (found !== undefined) {
        await this.#install(found);
        return;
      }
      await wait(retryMs);
    }
  }

  /** Undefined where it may be tried again. */
  async #try(): Promise<OwnedEngine | Attachment | undefined> {
    const { own, attach, identity } = this.#options;
    try {
      return await own(identity);
    } catch (error) {
      if (!this.#isPassing(error)) return undefined;
    }
    try {
      return await attach();
    } catch (error) {
      this.#isPassing(error);
      return undefined;
    }
  }

  /** What does not pass ends the engine: a directory that is gone, a journal that cannot be read. */
  #isPassing(error: unknown): boolean {
    const isKnown = error instanceof SluiceError;
    if (isKnown && passing.has(error.code)) return true;
    this.#isClosed = true;
    const fatal = isKnown ? error : new SluiceError('internal', messageOf(error), { cause: error });
    this.#options.tenure.finish(fatal);
    return false;
  }

  async #install(found: OwnedEngine | Attachment): Promise<void> {
    const { tenure, prepare } = this.#options;
    await prepare(found.engine);
    if (this.#isClosed) {
      await found.engine.close();
      return;
    }
    tenure.take(found.engine);
    // It may be gone again by now.
    if ('onLost' in found) this.follow(found);
    else this.#own(found);
  }

  #own({ ports }: OwnedEngine): void {
    this.#ports = ports;
    this.#role = 'owner';
    for (const listener of [...this.#listeners]) listener('owner');
  }
}
