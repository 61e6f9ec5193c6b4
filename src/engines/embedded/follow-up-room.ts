/**
 * Whether follow-ups have somewhere to go, asked before anything is done: a transaction acknowledges even where a full
 * queue refuses what it publishes. Invariant: what was asked for in this turn is still true in it.
 */
import { integerOf, type BrokerChannel, type FieldTable } from '../../broker/index.js';
import { SluiceError } from '../../kernel/index.js';
import type { FollowUp } from '../index.js';
import type { EmbeddedTopology } from './embedded-topology.js';

interface Limits {
  readonly messages: number;
  readonly bytes: number;
}

const noLimits: Limits = { messages: Infinity, bytes: Infinity };

export class FollowUpRoom {
  readonly #topology: EmbeddedTopology;
  readonly #channel: BrokerChannel;
  /** A queue's arguments never change; most have no limits, and asking for all reports each time would be slow. */
  readonly #limits = new Map<string, Limits>();

  constructor(topology: EmbeddedTopology, channel: BrokerChannel) {
    this.#topology = topology;
    this.#channel = channel;
  }

  /** Throws `not-found` for a queue that is not there, `limit-reached` for one that would refuse. */
  require(followUps: readonly FollowUp[]): void {
    if (followUps.length === 0) return;
    for (const queue of new Set(followUps.map((followUp) => followUp.queue))) {
      this.#channel.describeQueue(queue);
      const limits = this.#limitsOf(queue);
      if (limits !== noLimits)
        this.#requireRoom(
          queue,
          limits,
          followUps.filter((followUp) => followUp.queue === queue),
        );
    }
  }

  #limitsOf(queue: string): Limits {
    let limits = this.#limits.get(queue);
    if (limits === undefined) {
      limits = limitsFrom(this.#topology.reports([queue])[0]?.arguments);
      this.#limits.set(queue, limits);
    }
    return limits;
  }

  #requireRoom(queue: string, limits: Limits, followUps: readonly FollowUp[]): void {
    const report = this.#topology.reports([queue])[0];
    const bytes = followUps.reduce((sum, { message }) => sum + message.body.length, report?.bytes ?? 0);
    const messages = followUps.length + (report?.ready ?? 0);
    if (messages <= limits.messages && bytes <= limits.bytes) return;
    throw new SluiceError('limit-reached', `'${queue}' is full: a follow-up would be refused`, {
      retryable: true,
      details: { target: queue },
    });
  }
}

/** Only queues that refuse have limits here; those that drop their oldest always take one more. */
function limitsFrom(table: FieldTable | undefined): Limits {
  const overflow = table?.get('x-overflow');
  if (table === undefined || typeof overflow !== 'string' || overflow === 'drop-head') return noLimits;
  return {
    messages: integerOf(table.get('x-max-length')) ?? Infinity,
    bytes: integerOf(table.get('x-max-length-bytes')) ?? Infinity,
  };
}
