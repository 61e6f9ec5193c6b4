/** What the API answers about one queue, of the own server or of an engine beside. What is left out is unknown. */

/** Whether an act can be done on an engine beside: natively, with a limit, or not, for a reason. */
export interface Act {
  readonly kind: 'native' | 'emulated' | 'none';
  readonly limit?: string;
  readonly reason?: string;
}

export type ActName = 'peek' | 'search' | 'publish' | 'purge' | 'move' | 'pause' | 'delete';

export interface BesideConsumer {
  readonly tag: string;
  readonly connection: string;
  /** 0: without a limit. */
  readonly prefetch?: number;
  readonly acknowledges?: boolean;
  readonly isActive?: boolean;
}

export interface QueueCopy {
  readonly node: string;
  readonly role: 'leader' | 'follower';
  readonly inSync?: boolean;
}

export interface ShownQueue {
  readonly vhost: string;
  readonly name: string;
  readonly paused?: boolean;
  readonly durable?: boolean;
  readonly arguments: Readonly<Record<string, unknown>>;
  readonly ready?: number;
  readonly unacknowledged?: number;
  readonly delayed?: number;
  readonly bytes?: number;
  readonly consumers?: number;
  /** From here on of engines beside alone. */
  readonly type?: string;
  readonly state?: string;
  readonly node?: string;
  readonly copies?: readonly QueueCopy[];
  readonly consumerList?: readonly BesideConsumer[];
  readonly acts?: Readonly<Partial<Record<ActName, Act>>>;
}

/** An act that the engine may not name yet, or no longer. */
export function canDo(row: ShownQueue, act: ActName): boolean {
  const told = row.acts?.[act];
  return told !== undefined && told.kind !== 'none';
}
