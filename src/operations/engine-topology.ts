/**
 * Exchanges, bindings and policies of an engine beside, as operators see them: the rows of the own ones. Invariant: what
 * the engine does not tell is undefined, never zero.
 */
import type { PolicyKind } from '../broker/index.js';
import type { EngineExchange, EngineLink, EngineLinkFilter, EnginePolicy } from '../engines/index.js';

export type { EngineExchange, EngineLink, EngineLinkFilter, EnginePolicy };

type Table = Readonly<Record<string, unknown>>;

/** A queue or an exchange that policies may govern. */
export interface EnginePolicyTarget {
  readonly kind: 'queue' | 'exchange';
  readonly vhost: string;
  readonly name: string;
}

/** What is in effect for it. */
export interface EnginePolicyEffect {
  readonly policy: string | undefined;
  readonly operatorPolicy: string | undefined;
  /** What both policies set together. */
  readonly definition: Table;
  /** Keys of it that change nothing; undefined: the engine does not tell. */
  readonly ignored?: readonly string[];
  /** What counts in the end: those declared and those of the policies together. */
  readonly arguments: Table;
}

/** Properties as operators give them: those of `publish`. */
export interface EngineProperties {
  readonly contentType?: string | undefined;
  readonly contentEncoding?: string | undefined;
  readonly headers?: Table | undefined;
  readonly deliveryMode?: number | undefined;
  readonly priority?: number | undefined;
  readonly correlationId?: string | undefined;
  readonly replyTo?: string | undefined;
  /** Milliseconds, in decimals. */
  readonly expiration?: string | undefined;
  readonly messageId?: string | undefined;
  /** Unix seconds. */
  readonly timestamp?: number | undefined;
  readonly type?: string | undefined;
  readonly userId?: string | undefined;
  readonly appId?: string | undefined;
  readonly clusterId?: string | undefined;
}

/** A message as an operator publishes it. */
export interface EnginePublish {
  readonly body: Buffer;
  readonly properties: EngineProperties;
}

/** A message that was taken from the front of a queue and given back. Headers as the client sent them. */
export interface EngineTaken {
  readonly exchange: string;
  readonly routingKey: string;
  readonly redelivered: boolean;
  readonly properties: EngineProperties;
  readonly body: Buffer;
}

/** How far a look goes; it ends with the message that reaches one of these. */
export interface EngineLookBounds {
  readonly messagesMax: number;
  readonly bytesMax: number;
  readonly elapsedMsMax: number;
}

/** Messages from the front, and which bound ended the look; undefined: there were no more. */
export interface EngineLook {
  readonly messages: readonly EngineTaken[];
  readonly stoppedBy: 'messages' | 'bytes' | 'time' | undefined;
}

/** Where a message is published to; an empty exchange is the default one. */
export interface EngineDestination {
  readonly vhost: string;
  readonly exchange: string;
  readonly routingKey: string;
}

/** The topology of an engine beside. What was read is told again for some seconds. Rejects as `EngineBeside` does. */
export interface EngineTopology {
  exchanges(vhost: string | undefined): Promise<readonly EngineExchange[]>;
  exchange(vhost: string, name: string): Promise<EngineExchange>;
  /** Without those that every queue has to the default exchange. Rejects with `limit-reached` where there are too many. */
  bindings(filter: EngineLinkFilter): Promise<readonly EngineLink[]>;
  policies(kind: PolicyKind, vhost: string | undefined): Promise<readonly EnginePolicy[]>;
  policyEffect(target: EnginePolicyTarget): Promise<EnginePolicyEffect>;
}
