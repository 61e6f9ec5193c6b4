/**
 * Engines as operators see and work on them: the own one, and those that the configuration names beside it. Invariant:
 * what an engine does not tell is undefined, never zero; and no answer holds a user or a password.
 */
import type { Capabilities } from '../engines/index.js';
import type { PolledHealth } from '../monitor/index.js';
import type {
  EngineDestination,
  EngineLook,
  EngineLookBounds,
  EnginePublish,
  EngineTopology,
} from './engine-topology.js';

/** What an engine is: found out when it first answers. */
export type FoundKind = 'embedded' | 'sluice' | 'rabbitmq';

export interface EngineNode {
  readonly name: string;
  readonly isRunning: boolean;
  readonly residentBytes: number | undefined;
  readonly memoryLimitBytes: number | undefined;
  readonly openDescriptors: number | undefined;
  readonly descriptorsMax: number | undefined;
  readonly diskFreeBytes: number | undefined;
  readonly diskFreeLimitBytes: number | undefined;
  readonly uptimeSeconds: number | undefined;
  readonly alarms: Readonly<Record<'memory' | 'disk', boolean | undefined>>;
  /** Nodes that it has lost sight of; undefined: unknown. */
  readonly partitions: readonly string[] | undefined;
}

/** One copy of a queue; `inSync` undefined: unknown. */
export interface QueueCopy {
  readonly node: string;
  readonly role: 'leader' | 'follower';
  readonly inSync: boolean | undefined;
}

/** A queue in the newest reading. Counters count since it was declared or its engine started. */
export interface EngineQueue {
  readonly vhost: string;
  readonly name: string;
  readonly type: string | undefined;
  readonly paused?: boolean | undefined;
  readonly ready: number | undefined;
  readonly unacknowledged: number | undefined;
  readonly delayed: number | undefined;
  readonly bytes: number | undefined;
  readonly consumers: number | undefined;
  readonly consumerCapacity?: number | undefined;
  readonly published: number | undefined;
  readonly delivered: number | undefined;
  readonly acknowledged: number | undefined;
  readonly redelivered: number | undefined;
  readonly copies: readonly QueueCopy[];
  /** As declared; undefined: it does not say, as of the policies in effect. */
  readonly durable?: boolean | undefined;
  readonly autoDelete?: boolean | undefined;
  readonly exclusive?: boolean | undefined;
  readonly arguments?: Readonly<Record<string, unknown>>;
  readonly policy?: string | undefined;
  readonly operatorPolicy?: string | undefined;
}

/** The newest reading of an engine beside. */
export interface EngineState {
  readonly version: string | undefined;
  readonly nodes: readonly EngineNode[];
  readonly queues: readonly EngineQueue[];
  /** There are more queues than are read. */
  readonly hasMoreQueues: boolean;
}

export interface EngineConsumer {
  readonly tag: string;
  readonly connection: string;
  /** 0: without a limit. */
  readonly prefetch: number | undefined;
  readonly acknowledges: boolean | undefined;
  readonly isActive: boolean | undefined;
}

export interface EngineBinding {
  readonly source: string;
  readonly routingKey: string;
  readonly arguments: Readonly<Record<string, unknown>>;
}

/** A queue with what belongs to it. */
export interface EngineQueueDetail extends EngineQueue {
  readonly durable: boolean | undefined;
  readonly autoDelete: boolean | undefined;
  readonly exclusive: boolean | undefined;
  readonly arguments: Readonly<Record<string, unknown>>;
  readonly state: string | undefined;
  readonly node: string | undefined;
  readonly effectivePolicy: Readonly<Record<string, unknown>>;
  readonly consumerList: readonly EngineConsumer[];
  readonly bindings: readonly EngineBinding[];
}

/** A message that was looked at and is where it was. */
export interface EngineMessageRow {
  readonly exchange: string;
  readonly routingKey: string;
  readonly redelivered: boolean;
  readonly properties: Readonly<Record<string, unknown>>;
  /** Base64, cut. */
  readonly body: string;
  /** Of the whole body. */
  readonly bodyBytes: number;
  /** Messages that were ready behind it; undefined: unknown. */
  readonly behind?: number | undefined;
}

/** What becomes of messages that were to move. */
export interface EngineMoveOutcome {
  readonly moved: number;
  /** All that were asked for and there; false: the time was over, or others took them. */
  readonly isDone: boolean;
}

/**
 * An engine beside the own one. Every call ends within seconds, and rejects with `connection-failed`, `timeout`,
 * `refused` (the engine refuses its configured user), `not-found` or `unsupported`.
 */
export interface EngineBeside extends EngineTopology {
  readonly name: string;
  /** Where it speaks AMQP, without user and password. */
  readonly address: string;
  /** Its management API, likewise. */
  readonly management: string;
  readonly isProbed: boolean;
  /** Undefined: it has not answered yet. */
  readonly kind: FoundKind | undefined;
  /** What it can do, as far as this process reaches it; undefined: it has not answered yet. */
  readonly capabilities: Capabilities | undefined;
  /** Waits for the first answer or failure, not for others. */
  health(): Promise<PolledHealth>;
  /** Throws `connection-failed` with the reason while it is unknown. */
  state(): EngineState;
  show(vhost: string, queue: string): Promise<EngineQueueDetail>;
  peek(vhost: string, queue: string, count: number): Promise<readonly EngineMessageRow[]>;
  /** Takes whole messages from the front and gives them back, in their order. */
  look(vhost: string, queue: string, bounds: EngineLookBounds): Promise<EngineLook>;
  /** Resolves when the message is durable. Gives whether a queue took it: else it is gone. */
  publish(destination: EngineDestination, message: EnginePublish): Promise<{ readonly routed: boolean }>;
  /** Gives the number of messages. */
  purge(vhost: string, queue: string): Promise<number>;
  move(vhost: string, queue: string, to: string, count: number): Promise<EngineMoveOutcome>;
  /** Gives whether that has changed. */
  setPaused(vhost: string, queue: string, paused: boolean): Promise<boolean>;
}

/** Every engine that there is. */
export interface Engines {
  /** Of the own engine. */
  readonly capabilities: Capabilities;
  readonly beside: readonly EngineBeside[];
}
