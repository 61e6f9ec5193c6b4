/**
 * What is kept of redrives: how far each has come, and which messages they sent. Both are records of the queue's virtual
 * host, written in the same step as the move of the message that they tell of, so they are exact after any crash.
 */
import { hash } from 'node:crypto';
import type { Broker, BrokerChannel, ChannelSink, RecordPut } from '../../broker/index.js';
import type { ChosenLetter } from './chosen-letters.js';
import type { RedriveJob } from './redrive-request.js';

/** Redrives remembered for each virtual host; a new one takes the place of the oldest that has ended. */
export const slots = 32;
/** How long a message that was sent is known. */
const guardMs = 7 * 24 * 3_600_000;

const nothing = (): void => undefined;
const silentSink: ChannelSink = { deliver: nothing, consumerCancelled: nothing, channelFailed: nothing };

/** The put that remembers a redrive. */
export function jobPut(slot: number, job: RedriveJob): RecordPut {
  return { key: `redrive/${slot}`, value: Buffer.from(JSON.stringify(job)) };
}

/**
 * The put that remembers that a message was sent, and fails where one of the same identifier was: that failed as often
 * as this one. Undefined: it has no identifier.
 */
export function guardPut(queue: string, { death }: ChosenLetter, redriveId: string): RecordPut | undefined {
  const key = guardKey(queue, death.messageId, death.redriven);
  if (key === undefined) return undefined;
  return { key, value: Buffer.from(redriveId), expected: 'absent', ttlMs: guardMs };
}

function guardKey(queue: string, messageId: string | undefined, before: number): string | undefined {
  if (messageId === undefined || messageId === '') return undefined;
  const name = JSON.stringify([queue, messageId, before]);
  return `redriven/${hash('sha256', name, 'base64url')}`;
}

/** The records of one virtual host. */
export class RedriveRecords {
  readonly #broker: Broker;
  readonly #vhost: string;

  constructor(broker: Broker, vhost: string) {
    this.#broker = broker;
    this.#vhost = vhost;
  }

  /** By slot. What is no redrive of ours is left out. */
  load(): Promise<(RedriveJob | undefined)[]> {
    return this.#with(async (channel) => {
      const jobs: (RedriveJob | undefined)[] = [];
      for (let slot = 0; slot < slots; slot++) {
        const value = await read(channel, `redrive/${slot}`);
        jobs.push(value === undefined ? undefined : jobIn(value));
      }
      return jobs;
    });
  }

  async keep(slot: number, job: RedriveJob): Promise<void> {
    await this.#with((channel) => Promise.resolve(channel.records.put(jobPut(slot, job))));
    await this.#broker.administration.durable();
  }

  /** Those of these letters that were sent before. */
  sentAmong(queue: string, letters: readonly ChosenLetter[]): Promise<ReadonlySet<ChosenLetter>> {
    return this.#with(async (channel) => {
      const sent = new Set<ChosenLetter>();
      for (const letter of letters) {
        const key = guardKey(queue, letter.death.messageId, letter.death.redriven);
        if (key !== undefined && (await read(channel, key)) !== undefined) sent.add(letter);
      }
      return sent;
    });
  }

  async #with<T>(use: (channel: BrokerChannel) => Promise<T>): Promise<T> {
    const connection = this.#broker.connect({
      ...{ name: 'redrive', user: 'sluice', vhost: this.#vhost, isOperator: true },
    });
    try {
      return await use(connection.openChannel(silentSink));
    } finally {
      connection.close();
    }
  }
}

function read(channel: BrokerChannel, key: string): Promise<Buffer | undefined> {
  return new Promise((resolve) => {
    channel.records.get(key, (answer) => {
      resolve(answer.kind === 'found' ? answer.entry.value : undefined);
    });
  });
}

function jobIn(value: Buffer): RedriveJob | undefined {
  try {
    const job = JSON.parse(value.toString('utf8')) as Partial<RedriveJob> | null;
    return typeof job?.id === 'string' && typeof job.queue === 'string' ? (job as RedriveJob) : undefined;
  } catch {
    return undefined;
  }
}
