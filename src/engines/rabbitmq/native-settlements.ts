/**
 * How deliveries of a Sluice server are completed, tried again and dead-lettered: by requests on their own channel.
 * Invariant: a completion is one step with what goes along; those of one turn of the event loop travel as one commit,
 * and each for itself where that is refused.
 */
import { SluiceError } from '../../kernel/index.js';
import type { Completion, HeaderTable, SettleOutcome } from '../index.js';
import { CommitBody } from './commit-body.js';
import { toWire } from './header-values.js';
import { unlessLost, type RequestAnswer, type RequestChannel } from './request-channel.js';

/** Of what travels together; more gains nothing and delays the first answer. */
const batchBytesMax = 256 * 1024;
const batchStepsMax = 1_024;

interface Completing {
  readonly tag: number;
  readonly completion: Completion;
  readonly resolve: (outcome: SettleOutcome) => void;
  readonly reject: (error: unknown) => void;
}

export class NativeSettlements {
  readonly #requests: RequestChannel;
  #batch: Completing[] = [];

  constructor(requests: RequestChannel) {
    this.#requests = requests;
  }

  /** Rejects with what the server refused; the delivery is then still held. */
  complete(tag: number, completion: Completion): Promise<SettleOutcome> {
    return new Promise((resolve, reject) => {
      if (this.#batch.length === 0) setImmediate(this.#flush);
      this.#batch.push({ tag, completion, resolve, reject });
    });
  }

  async retry(tag: number, afterMs: number): Promise<SettleOutcome> {
    const headers = { 'delivery-tag': tag, after: Math.ceil(afterMs) };
    return outcomeOf(await unlessLost(this.#requests.ask({ operation: 'retry', headers })));
  }

  /** As `retry`, at once, and nobody waits. Throws when the channel is gone. */
  failed(tag: number): void {
    this.#requests.tell({ operation: 'retry', headers: { 'delivery-tag': tag } });
  }

  async deadLetter(tag: number, queue: string, told: HeaderTable): Promise<SettleOutcome> {
    const headers = { 'delivery-tag': tag, queue, headers: toWire(told) };
    return outcomeOf(await unlessLost(this.#requests.ask({ operation: 'dead-letter', headers })));
  }

  /** The channel is gone; what waits in the batch is lost with it. */
  end(): void {
    this.#requests.end();
  }

  readonly #flush = (): void => {
    const completions = this.#batch;
    this.#batch = [];
    let batch = new CompletionBatch();
    for (const completing of completions) {
      if (batch.add(completing)) continue;
      void this.#settle(batch);
      batch = new CompletionBatch();
      batch.add(completing);
    }
    void this.#settle(batch);
  };

  async #settle({ completions, body }: CompletionBatch): Promise<void> {
    if (completions.length === 0) return;
    try {
      const question = { operation: 'commit', headers: {}, body: body.bytes };
      const answer = await unlessLost(this.#requests.ask(question));
      if (completions.length > 1 && answer !== undefined && answer.status !== 'ok')
        this.#settleEach(completions);
      else for (const { resolve } of completions) resolve(outcomeOf(answer));
    } catch (error) {
      if (completions.length > 1) this.#settleEach(completions);
      else completions[0]!.reject(error);
    }
  }

  /** What some of them met is no reason for the others. */
  #settleEach(completions: readonly Completing[]): void {
    for (const completing of completions) {
      const batch = new CompletionBatch();
      batch.add(completing);
      void this.#settle(batch);
    }
  }
}

/** Completions that travel as one commit. */
class CompletionBatch {
  readonly completions: Completing[] = [];
  readonly body = new CommitBody();

  /** False: it is full. What cannot be written at all is told so. */
  add(completing: Completing): boolean {
    const { body } = this;
    const before = body.mark();
    try {
      write(body, completing);
      if (this.completions.length === 0) body.requireBounds();
    } catch (error) {
      body.rewind(before);
      completing.reject(error);
      return true;
    }
    if (this.completions.length > 0 && (body.length > batchBytesMax || body.steps > batchStepsMax)) {
      body.rewind(before);
      return false;
    }
    this.completions.push(completing);
    return true;
  }
}

function write(body: CommitBody, { tag, completion }: Completing): void {
  body.acknowledge(tag);
  for (const put of completion.records) body.put(put);
  for (const { queue, message } of completion.followUps) body.send(queue, message);
}

/** Throws `precondition-failed` for a record that is not as expected. */
function outcomeOf(answer: RequestAnswer | undefined): SettleOutcome {
  if (answer?.status === 'ok') return 'settled';
  if (answer?.status !== 'conflict') return 'lost';
  const key = String(answer.headers['key']);
  throw new SluiceError('precondition-failed', `the record '${key}' is not as expected`, {
    details: { key },
  });
}
