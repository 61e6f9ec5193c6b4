/**
 * Publishes the messages of a `commit` request. Invariant: a message is held to what it would be held to if it were
 * published by itself; the pieces of one that is refused are given up.
 */
import {
  PropertyScan,
  scanProperties,
  type ChunkReference,
  type InboundMessage,
} from '../../../broker/index.js';
import { messageOf, SluiceError } from '../../../kernel/index.js';
import { largeChunkBytes } from '../chunk-pool.js';
import { checkClaims } from '../message-claims.js';
import type { CommitSend } from './commit-body.js';
import type { RequestScope } from './request.js';

export class CommitMessages {
  readonly #scope: RequestScope;
  readonly #body: Buffer;
  readonly #scan = new PropertyScan();

  constructor(scope: RequestScope, body: Buffer) {
    this.#scope = scope;
    this.#body = body;
  }

  /** Throws what a publish throws, `bad-input` for properties that cannot be read. */
  publish(send: CommitSend): void {
    const { broker, chunks } = this.#scope;
    const message = this.#inbound(send);
    try {
      broker.publish(message);
    } catch (thrown) {
      if (message.chunks !== undefined) chunks.releaseChunks(message.chunks);
      throw readable(thrown);
    }
  }

  #inbound(send: CommitSend): InboundMessage {
    const body = this.#body;
    const scan = this.#scan;
    try {
      scanProperties(body, send.propertiesStart, send.propertiesEnd, scan);
    } catch (thrown) {
      throw readable(thrown);
    }
    checkClaims(body, scan, this.#scope.rights.identity.name);
    const chunks = this.#pieces(send);
    return {
      exchange: send.exchange,
      routingKey: send.routingKey,
      routeBuffer: body,
      routeStart: send.routeStart,
      routeEnd: send.routeEnd,
      mandatory: false,
      propertiesBuffer: body,
      propertiesStart: send.propertiesStart,
      propertiesEnd: send.propertiesEnd,
      scan,
      bodyBuffer: body,
      bodyStart: send.bodyStart,
      bodyEnd: chunks === undefined ? send.bodyEnd : send.bodyStart,
      chunks,
    };
  }

  /** A large body in the form in which the journal keeps large bodies; undefined: it is none. */
  #pieces({ bodyStart, bodyEnd }: CommitSend): readonly ChunkReference[] | undefined {
    if (bodyEnd - bodyStart <= largeChunkBytes) return undefined;
    const pieces: ChunkReference[] = [];
    for (let at = bodyStart; at < bodyEnd; at += largeChunkBytes)
      pieces.push(this.#scope.chunks.appendChunk(this.#body, at, Math.min(at + largeChunkBytes, bodyEnd)));
    return pieces;
  }
}

/** Malformed content within a request refuses the request; it is no violation of the protocol around it. */
function readable(thrown: unknown): unknown {
  if (!(thrown instanceof SluiceError) || thrown.code !== 'protocol') return thrown;
  return new SluiceError('bad-input', messageOf(thrown), { cause: thrown });
}
