/**
 * Enqueues tasks of every kind, one after another in a few lanes, and tells what each enqueue came to. Said before: the
 * task may be there though nobody heard of it. Said after: it must end, once.
 */
import { pause } from './task.mjs';

const laneCount = 6;
/** What a call says whose server or owner went away under it: it may have been done. */
const lossCodes = new Set(['connection-failed', 'closed', 'timeout']);

export class Enqueuer {
  #task;
  #random;
  #say;
  #label;
  #words;
  #count = 0;
  #wordCount = 0;
  #keyCount = 0;
  #isRunning = true;

  /** `label` is this process's own; `words` is shared with the others, who deduplicate by the same words. */
  constructor({ task, random, say, label, words }) {
    this.#task = task;
    this.#random = random;
    this.#say = say;
    this.#label = label;
    this.#words = words;
  }

  /** Resolves once `stop` was called and every lane has ended its round. */
  async run() {
    await Promise.all(Array.from({ length: laneCount }, () => this.#lane()));
  }

  stop() {
    this.#isRunning = false;
  }

  async #lane() {
    while (this.#isRunning) {
      await this.#round(this.#random.integer(100));
      await pause(this.#random.integer(6));
    }
  }

  #round(chance) {
    if (chance < 30) return this.#one('plain');
    if (chance < 45) return this.#one('retry', { fails: 1 + this.#random.integer(3) });
    if (chance < 60) return this.#keyed();
    if (chance < 65) return this.#one('fail');
    if (chance < 75) return this.#delayed();
    if (chance < 85) return this.#after();
    if (chance < 93) return this.#deduplicated();
    return this.#cancelled();
  }

  /** Gives the handle, or undefined where nobody knows whether it was enqueued. */
  async #one(kind, facts = {}, options = {}) {
    const n = `${this.#label}-${this.#count++}`;
    const payload = { n, kind, fails: 0, needs: [], ...facts };
    this.#say('will', { expected: kind === 'fail' ? 'failed' : 'completed', ...payload });
    try {
      const handle = await this.#task.enqueue(payload, options);
      this.#say('sent', { n, id: handle.id, isNew: handle.isNew });
      return handle;
    } catch (error) {
      this.#refused(n, error);
      return undefined;
    }
  }

  #refused(n, error) {
    const isLoss = lossCodes.has(error.code);
    this.#say('refused', { n, isLoss, text: `${error.code ?? error.name}: ${error.message}` });
  }

  /** Tasks of one key, each enqueued when the one before is durable. */
  async #keyed() {
    const key = `${this.#label}-k${this.#keyCount++}`;
    let before;
    for (let place = 0; place < 4; place++) {
      const needs = before === undefined ? [] : [before.id];
      before = await this.#one('keyed', { key, place, fails: this.#random.integer(2), needs });
      if (before === undefined) return;
    }
  }

  #delayed() {
    const delayMs = 20 + this.#random.integer(400);
    return this.#one('delayed', { dueMs: Date.now() + delayMs }, { delay: delayMs });
  }

  async #after() {
    const failing = this.#random.integer(4) === 0;
    const runs = this.#random.integer(2) === 0;
    const first = await this.#one('plain');
    const second = failing ? await this.#one('fail') : await this.#one('retry', { fails: 1 });
    if (first === undefined || second === undefined) return;
    const expected = failing && !runs ? 'failed' : 'completed';
    const options = { after: [first, second], afterFailure: runs ? 'run' : 'fail' };
    await this.#one('after', { needs: [first.id, second.id], expected }, options);
  }

  /** Asked again until it is answered: that is what a word is for. */
  async #deduplicated() {
    const word = `${this.#words}-${this.#wordCount++}`;
    const dedupe = { id: word, for: '1h' };
    for (let attempt = 0; attempt < 100; attempt++) {
      if ((await this.#one('dedupe', { word }, { dedupe })) !== undefined) return;
      await pause(50);
    }
  }

  async #cancelled() {
    const delay = this.#random.integer(2) === 0 ? 60 : 0;
    const handle = await this.#one('cancel', {}, delay === 0 ? {} : { delay });
    if (handle === undefined) return;
    await pause(this.#random.integer(80));
    try {
      this.#say('cancel', { id: handle.id, result: await handle.cancel('no longer wanted') });
    } catch (error) {
      this.#refused(handle.id, error);
    }
  }
}
