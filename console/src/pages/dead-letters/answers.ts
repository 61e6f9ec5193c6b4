/** What `/v1/dead-letters` and `/v1/redrives` answer, as far as these pages use it. */
export interface DeadLetterQueue {
  readonly vhost: string;
  readonly queue: string;
  readonly count: number;
  readonly bytes: number;
  readonly sources: readonly string[];
  readonly kind: 'queue' | 'tasks' | 'quarantine';
  readonly oldestMs?: number;
  readonly newestMs?: number;
}

interface Cause {
  readonly fingerprint: string;
  readonly reason: string;
  readonly source?: string;
  readonly exception?: string;
}

export interface DeathGroup extends Cause {
  readonly words: string;
  readonly frames: readonly string[];
  readonly count: number;
  readonly redriven: number;
  readonly firstMs: number;
  readonly lastMs: number;
  readonly histogram: readonly number[];
  readonly example: { readonly position: number; readonly message?: string; readonly stack?: string };
}

export interface Grouped {
  readonly groups: readonly DeathGroup[];
  readonly total: number;
  readonly ungrouped: number;
  readonly seen: number;
  readonly there: number;
  readonly next?: number;
  readonly fromMs: number;
  readonly toMs: number;
}

export interface Letter extends Cause {
  readonly position: number;
  readonly arrivalMs: number;
  readonly message?: string;
  readonly stack?: string;
  readonly origin?: string;
  readonly redriven: number;
  readonly state: string;
  readonly redelivered: boolean;
  readonly exchange: string;
  readonly routingKey: string;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, unknown>>;
  /** Base64; left out: too large to show. */
  readonly body?: string;
  readonly bodyBytes: number;
}

export interface Letters {
  readonly items: readonly Letter[];
  readonly next?: number;
}

export interface Plan {
  readonly matched: number;
  readonly sendable: number;
  readonly targets: readonly {
    readonly queue: string;
    readonly count: number;
    readonly against: readonly string[];
  }[];
  readonly homeless: number;
  readonly duplicates: number;
  readonly unnamed: number;
  readonly failedAgain: number;
  readonly unseen: number;
}

export interface Job {
  readonly id: string;
  readonly queue: string;
  readonly state: 'running' | 'done' | 'cancelled' | 'stopped';
  readonly by: string;
  readonly startedMs: number;
  readonly endedMs?: number;
  readonly total?: number;
  readonly sent: number;
  readonly targets: Readonly<Record<string, number>>;
  readonly duplicates: number;
  readonly homeless: number;
  readonly missed: number;
  readonly problem?: string;
}
