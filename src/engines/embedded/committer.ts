/** Sends and records as one step on the embedded engine. Invariant: what is refused has done nothing. */
import type { BrokerChannel } from '../../broker/index.js';
import { assert } from '../../kernel/index.js';
import type { Commit, CommitOutcome } from '../index.js';
import type { EmbeddedRecords } from './embedded-records.js';
import { FollowUpRoom } from './follow-up-room.js';
import type { EmbeddedParts } from './parts.js';
import type { Turnstile } from './turnstile.js';

export class Committer {
  readonly #parts: EmbeddedParts;
  readonly #channel: BrokerChannel;
  readonly #records: EmbeddedRecords;
  readonly #turnstile: Turnstile;
  readonly #room: FollowUpRoom;

  constructor(parts: EmbeddedParts, channel: BrokerChannel, records: EmbeddedRecords, turnstile: Turnstile) {
    this.#parts = parts;
    this.#channel = channel;
    this.#records = records;
    this.#turnstile = turnstile;
    this.#room = new FollowUpRoom(parts.topology, channel);
  }

  /** See `Engine.commit`. */
  async commit({ sends, puts }: Commit): Promise<CommitOutcome> {
    if (!this.#turnstile.isOpen) await this.#turnstile.pass();
    this.#room.require(sends);
    const outcome = this.#channel.atomically(() => {
      for (const { queue, message } of sends)
        this.#channel.publish(this.#parts.outbound.prepare('', queue, message));
      for (const put of puts) this.#channel.records.put(put);
    });
    assert(outcome.kind !== 'deferred', 'this channel uses no transaction mode');
    if (outcome.kind === 'conflict')
      return { kind: 'conflict', key: outcome.key, current: await this.#records.get(outcome.key) };
    await this.#parts.waiters.wait(outcome.sequence);
    return { kind: 'written' };
  }
}
