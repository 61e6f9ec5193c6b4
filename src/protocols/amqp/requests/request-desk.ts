/**
 * Takes the requests of one channel and answers them. Invariant: a request is refused by its answer, never by the end
 * of the channel; an answer leaves when what it tells is durable.
 */
import {
  decodeText,
  decodeFieldTable,
  emptyFieldTable,
  encodeProperties,
  fieldTable,
  type Answer,
  type PropertyScan,
  type RecordConflict,
} from '../../../broker/index.js';
import { SluiceError } from '../../../kernel/index.js';
import { isDirectReplyQueue } from '../direct-reply.js';
import { printable } from '../reply-codes.js';
import { operationOf } from './operations.js';
import { conflictOutcome, refusal } from './record-requests.js';
import { Request, type RequestOutcome, type RequestScope } from './request.js';

const noBody = Buffer.alloc(0);

/** What a publish to the reserved exchange holds; its buffers are valid during the call. */
export interface RequestContent {
  readonly routingKey: string;
  readonly buffer: Buffer;
  readonly scan: PropertyScan;
  readonly body: Buffer;
}

/** What the confirm of a request tells: `rejected`, that nothing was done and no answer says so. */
export interface RequestReceipt {
  readonly sequence: number;
  readonly rejected: boolean;
}

/** Whom to answer, and under which correlation. */
interface Requester {
  readonly operation: string;
  readonly replyTo: string | undefined;
  readonly correlationId: string | undefined;
}

export class RequestDesk {
  readonly #scope: RequestScope;
  /** Requests whose transaction is open. */
  #deferred: Requester[] = [];
  #isClosed = false;

  constructor(scope: RequestScope) {
    this.#scope = scope;
  }

  /**
   * Serves a request. Throws `access-refused` or `precondition-failed` where the answer cannot go to where
   * it is wanted.
   */
  take(content: RequestContent): RequestReceipt {
    const requester = requesterOf(content);
    const { replyTo } = requester;
    if (replyTo !== undefined) this.#checkReplyTo(replyTo);
    let receipt: RequestReceipt = { sequence: 0, rejected: false };
    const answer = (outcome: RequestOutcome): void => {
      const isDone = outcome.status !== 'refused' && outcome.isConflict !== true;
      receipt = { sequence: outcome.sequence, rejected: !isDone && replyTo === undefined };
      this.#answer(requester, outcome);
    };
    try {
      if (this.#serve(content, requester, answer) === 'deferred') this.#deferred.push(requester);
    } catch (thrown) {
      if (!(thrown instanceof SluiceError) || thrown.code === 'protocol') throw thrown;
      answer(refusal(thrown));
    }
    return receipt;
  }

  #checkReplyTo(replyTo: string): void {
    if (!isDirectReplyQueue(replyTo)) this.#scope.rights.require('write', 'exchange', '');
    this.#scope.broker.checkReplyTo(replyTo);
  }

  #serve(
    content: RequestContent,
    requester: Requester,
    answer: (outcome: RequestOutcome) => void,
  ): 'deferred' | undefined {
    const operation = operationOf(content.routingKey);
    if (operation === undefined)
      throw new SluiceError('not-found', `there is no request '${printable(content.routingKey)}'`);
    const { headersStart, headersEnd } = content.scan;
    const headers =
      headersStart < 0 ? emptyFieldTable : decodeFieldTable(content.buffer, headersStart, headersEnd);
    const tell = (outcome: RequestOutcome): void => {
      this.#answer(requester, outcome);
    };
    return operation(this.#scope, new Request(headers, content.body, tell), answer);
  }

  /** The transaction was committed; its answers wait for `sequence`. */
  committed(sequence: number): void {
    this.#answerDeferred({ status: 'ok', sequence });
  }

  /** The transaction was given up, and nothing of it was done. */
  abandoned(conflict?: RecordConflict): void {
    this.#answerDeferred(
      conflict === undefined
        ? { status: 'rolled-back', sequence: 0 }
        : conflictOutcome(conflict.key, conflict.version),
    );
  }

  /** The channel closes: nobody is told any more. */
  close(): void {
    this.#isClosed = true;
    this.#deferred = [];
  }

  #answerDeferred(outcome: RequestOutcome): void {
    const requesters = this.#deferred;
    this.#deferred = [];
    for (const requester of requesters) this.#answer(requester, outcome);
  }

  #answer({ operation, replyTo, correlationId }: Requester, outcome: RequestOutcome): void {
    if (replyTo === undefined || this.#isClosed) return;
    const answer: Answer = {
      replyTo,
      properties: encodeProperties({
        headers: fieldTable({ status: outcome.status, ...outcome.headers }),
        deliveryMode: 1,
        type: operation,
        ...(correlationId === undefined ? {} : { correlationId }),
      }),
      body: outcome.body ?? noBody,
      sequence: outcome.sequence,
    };
    this.#scope.broker.answer(answer);
  }
}

function requesterOf({ routingKey, buffer, scan }: RequestContent): Requester {
  const { replyToStart, replyToEnd, correlationIdStart, correlationIdEnd } = scan;
  return {
    operation: routingKey,
    replyTo: replyToStart < 0 ? undefined : decodeText(buffer, replyToStart, replyToEnd),
    correlationId:
      correlationIdStart < 0 ? undefined : decodeText(buffer, correlationIdStart, correlationIdEnd),
  };
}
