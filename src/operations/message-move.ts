/**
 * Moving messages of a queue to another one: those that a filter finds, or those at given positions. Invariant: each
 * goes in one step, in the order of their positions; a call moves so many, for so long, and the next goes on from there.
 */
import { z } from 'zod';
import type { MessageScan, ScannedMessage, ScanOutcome } from '../broker/index.js';
import { SluiceError } from '../kernel/index.js';
import { audited, queueSubject, toMessages, type Became } from './audited.js';
import { countUpTo, givenName, vhostName } from './inputs.js';
import { filterOf, messageFilter } from './message-filter.js';
import { elapsedMsMax, Hunt, lookedAtMax, spanFields, type SearchProgress } from './message-search.js';
import { operatorOf } from './operator-channel.js';
import type { Services } from './services.js';

const movedMax = 100_000;
const positionsMax = 1_000;
/** Moved before it waits until that is durable, so that what is not synced stays bounded. */
const batchMoves = 256;
const batchBytes = 4 * 1024 * 1024;

const moving = z.strictObject({
  vhost: vhostName,
  queue: givenName,
  to: givenName.describe('a queue of the same virtual host'),
  where: messageFilter.describe('as in a search; left out: every message').optional(),
  positions: z
    .array(z.int().min(0))
    .max(positionsMax)
    .describe('these messages alone, as far as the filter finds them')
    .optional(),
  count: countUpTo(movedMax).describe('no more than so many'),
  ...spanFields,
  renewTtl: z
    .boolean()
    .optional()
    .describe('their time to live begins anew; otherwise they expire when they would have'),
  dryRun: z.boolean().describe('count what would go, and leave it'),
});
type Moving = z.infer<typeof moving>;

/** What a call has moved, or would move. */
export interface MoveOutcome extends SearchProgress {
  /** Messages, and bytes of their bodies. */
  readonly moved: number;
  readonly movedBytes: number;
  /** Found, and with a client: they stay. */
  readonly active: number;
  /** It stopped: the target has no room for the next. */
  readonly isFull: boolean;
}

export const queueMove = audited<Moving, MoveOutcome>(
  {
    event: 'messages-moved',
    subject: (input) => `${queueSubject(input)} to '${input.to}'`,
    isAct: ({ dryRun }) => !dryRun,
    became,
  },
  {
    input: moving,
    async run(services, input, { signal }) {
      const { administration, alarms } = services.broker;
      administration.queues.requireMovable(input.vhost, input.queue, input.to);
      if (!input.dryRun && alarms.size > 0)
        throw new SluiceError('refused', `publishers are blocked: ${[...alarms].join(', ')}`, {
          retryable: true,
        });
      const outcome = await new Removal(services, input).run(signal);
      if (!outcome.isFull || outcome.moved > 0) return outcome;
      throw new SluiceError('limit-reached', `'${input.to}' is full`, { retryable: true });
    },
  },
);

function became({ moved, isFull }: MoveOutcome): Became {
  if (moved === 0) return undefined;
  const told = toMessages(moved);
  return isFull ? { ...told, reason: `${told.reason}, then it was full` } : told;
}

/** The messages of one call on their way. */
class Removal {
  readonly #services: Services;
  readonly #input: Moving;
  readonly #hunt: Hunt;
  #moved = 0;
  #movedBytes = 0;
  #active = 0;
  #unsynced = 0;
  #unsyncedBytes = 0;
  /** The first that the target had no room for. */
  #fullAt: number | undefined = undefined;

  constructor(services: Services, input: Moving) {
    this.#services = services;
    this.#input = input;
    this.#hunt = new Hunt(filterOf(input.where ?? {}));
  }

  async run(signal: AbortSignal): Promise<MoveOutcome> {
    const { vhost, queue, positions } = this.#input;
    const { administration } = this.#services.broker;
    const outcome = positions === undefined ? await this.#walk(signal) : await this.#each(positions, signal);
    await administration.durable();
    const report = administration.describeQueue(vhost, queue);
    return {
      ...this.#hunt.progress(outcome, report),
      ...(this.#fullAt === undefined ? {} : { next: this.#fullAt }),
      moved: this.#moved,
      movedBytes: this.#movedBytes,
      active: this.#active,
      isFull: this.#fullAt !== undefined,
    };
  }

  #walk(signal: AbortSignal): Promise<ScanOutcome> {
    const { from, until } = this.#input;
    return this.#scan({ from, until, messagesMax: lookedAtMax }, signal);
  }

  /** In the order of the queue, whatever order they were named in. */
  async #each(positions: readonly number[], signal: AbortSignal): Promise<ScanOutcome> {
    const sum = { seen: 0, unreadable: 0, until: 0 };
    const inOrder = [...new Set(positions)].sort((a, b) => a - b);
    for (const from of inOrder) {
      if (signal.aborted || this.#isOver) return { ...sum, next: from };
      const { seen, unreadable } = await this.#scan({ from, until: from + 1, messagesMax: 1 }, signal);
      sum.seen += seen;
      sum.unreadable += unreadable;
      sum.until = from + 1;
    }
    return { ...sum, next: undefined };
  }

  #scan(
    span: Pick<MessageScan, 'from' | 'until' | 'messagesMax'>,
    signal: AbortSignal,
  ): Promise<ScanOutcome> {
    const { vhost, queue } = this.#input;
    const { states } = this.#hunt.filter;
    const scan = { ...span, states, elapsedMsMax, signal, see: this.#see };
    return this.#services.broker.administration.scan(vhost, queue, scan);
  }

  get #isOver(): boolean {
    return this.#moved >= this.#input.count || this.#fullAt !== undefined;
  }

  readonly #see = async (message: ScannedMessage): Promise<boolean> => {
    const { position, state, bodyBytes } = message;
    if (!this.#hunt.filter.agrees(message) || !(await this.#hunt.isBodyFound(message.view))) return true;
    if (this.#input.dryRun) {
      if (state === 'unacknowledged') this.#active++;
      else this.#count(bodyBytes);
      return !this.#isOver;
    }
    return this.#move(position, bodyBytes);
  };

  async #move(position: number, bodyBytes: number): Promise<boolean> {
    const { broker } = this.#services;
    const { vhost, queue, to, renewTtl = false } = this.#input;
    const by = operatorOf(this.#services);
    switch (
      await broker.administration.queues.moveTo(vhost, queue, position, to, by, { renewsTtl: renewTtl })
    ) {
      case 'moved':
        this.#count(bodyBytes);
        await this.#syncSometimes(bodyBytes);
        break;
      case 'active':
        this.#active++;
        break;
      case 'full':
        this.#fullAt = position;
        break;
      // Only records that go with a message can be in conflict.
      case 'conflict':
      case 'absent':
        break;
    }
    return !this.#isOver;
  }

  #count(bodyBytes: number): void {
    this.#moved++;
    this.#movedBytes += bodyBytes;
  }

  async #syncSometimes(bodyBytes: number): Promise<void> {
    this.#unsynced++;
    this.#unsyncedBytes += bodyBytes;
    if (this.#unsynced < batchMoves && this.#unsyncedBytes < batchBytes) return;
    this.#unsynced = this.#unsyncedBytes = 0;
    await this.#services.broker.administration.durable();
  }
}
