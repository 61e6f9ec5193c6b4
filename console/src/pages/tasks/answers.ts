/** What `/v1` answers about tasks, as far as these pages use it. What is left out is unknown. */
export interface TaskQueue {
  /** Left out: several tasks share the queue. */
  readonly task?: string;
  readonly queue: string;
  readonly waiting?: number;
  readonly delayed?: number;
  readonly held?: number;
  readonly running?: number;
  readonly dead?: number;
  readonly workers?: number;
}

export const listStates = ['running', 'waiting', 'held', 'delayed'] as const;
export type ListState = (typeof listStates)[number];

/** Moments are ISO 8601. */
export interface ListedTask {
  readonly taskId?: string;
  readonly task?: string;
  readonly key?: string;
  readonly attempts: number;
  readonly enqueuedAt: string;
  readonly until?: string;
  readonly by?: string;
  readonly since?: string;
  readonly deadline?: string;
}

export interface DeadTask {
  readonly taskId?: string;
  readonly task?: string;
  readonly queue: string;
  readonly reason: string;
  readonly errorName?: string;
  readonly stack?: string;
  readonly attempts: number;
  readonly payload?: unknown;
}

export interface Failure {
  readonly name: string;
  readonly message: string;
  readonly stack?: string;
}

/** How a task ended. */
export interface Outcome {
  readonly state: 'completed' | 'failed' | 'cancelled' | 'missed';
  readonly attempts: number;
  readonly endedMs: number;
  readonly output?: unknown;
  readonly failure?: Failure;
  readonly reason?: string;
  readonly deadlineMs?: number;
}

/** What a task is doing, or waits for, and the server's sentence that says it. */
export interface Why {
  readonly kind: string;
  readonly text: string;
  readonly outcome?: Outcome;
  readonly by?: string;
  readonly since?: string;
  readonly until?: string;
  readonly attempt?: number;
  readonly attempts?: number;
  readonly key?: string;
  readonly task?: { readonly taskId?: string; readonly doing: string };
  readonly tasks?: readonly string[];
  readonly missing?: number;
  readonly of?: string | number;
  readonly running?: number;
  readonly max?: number;
  readonly tenants?: number;
  readonly position?: number;
  readonly isEstimate?: boolean;
}

/** An attempt that failed and was to be made again. */
export interface FailedAttempt {
  readonly attempt: number;
  readonly beganMs: number;
  readonly endedMs: number;
  readonly failure: Failure;
}

export interface TaskAnswer extends Omit<Why, 'text'> {
  readonly id: string;
  readonly queue: string;
  readonly text?: string;
  readonly payload?: unknown;
  readonly tenant?: string;
  readonly enqueuedAt?: string;
  readonly deadline?: string;
  readonly name?: string;
  readonly dead?: DeadTask;
  readonly failedAttempts?: readonly FailedAttempt[];
  readonly progress?: unknown;
}

export interface Party {
  readonly user: string;
  readonly connection: string;
  readonly clientName?: string;
}

export interface TraceEvent {
  readonly kind: string;
  readonly atMs?: number;
  readonly fromMs?: number;
  readonly toMs?: number;
  readonly by?: Party | 'the broker';
  readonly to?: Party;
  readonly dueMs?: number;
  readonly isFailure?: boolean;
  readonly why?: string;
  readonly cause?: string;
  readonly place?: { readonly queue?: string };
  readonly routes?: readonly { readonly queue?: string }[];
}

export interface TraceAnswer {
  readonly lives: readonly { readonly events: readonly TraceEvent[] }[];
  readonly isCut: boolean;
  readonly isWhole: boolean;
  readonly unknown: readonly string[];
}
