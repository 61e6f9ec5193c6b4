/** What `/v1` answers of receivers, routes and the report, as far as these pages use it. Moments are Unix ms. */
import type { Silence, Subject } from '../incidents/answers.ts';

export interface Receiver {
  readonly name: string;
  readonly type: string;
  readonly state: 'untried' | 'working' | 'failing' | 'broken';
  readonly waiting: number;
  readonly lastSuccessMs?: number;
  readonly lastFailureMs?: number;
  readonly lastFailure?: string;
  readonly totals: { readonly delivered: number };
}

export interface Route {
  readonly name: string;
  readonly match: {
    readonly severity?: readonly string[];
    readonly kind?: readonly string[];
    readonly labels: Readonly<Record<string, readonly string[]>>;
  };
  readonly receivers: readonly string[];
  readonly continue: boolean;
}

export interface Outcome {
  readonly receiver: string;
  readonly outcome: 'delivered' | 'failed' | 'refused';
  readonly reason?: string;
}

interface Line {
  readonly incident: string;
  readonly atMs: number;
  readonly text: string;
}

/** What an operator did, perhaps many times. */
export interface Act {
  readonly fromMs: number;
  readonly toMs: number;
  readonly actor: string;
  readonly event: string;
  readonly subject: string;
  readonly others: number;
  readonly outcome: string;
  readonly reason?: string;
  readonly count: number;
}

/** What is left out is unknown. */
export interface Report {
  readonly fromMs: number;
  readonly toMs: number;
  readonly incidents: readonly {
    readonly id: string;
    readonly title: string;
    readonly severity: string;
    readonly state: string;
    readonly causes: readonly string[];
  }[];
  readonly silences: readonly Silence[];
  readonly remediesDone: readonly Line[];
  readonly remediesPending: readonly { readonly incident: string; readonly text: string }[];
  readonly acts?: readonly Act[];
  readonly actsRefused?: string;
  readonly actsLeftOut?: number;
  readonly notificationsFailed: readonly Line[];
  readonly risks: readonly {
    readonly kind: string;
    readonly text: string;
    readonly subject?: Subject;
    /** Until a limit is reached. */
    readonly days?: number;
  }[];
  readonly engines: readonly {
    readonly engine: string;
    readonly availability?: number;
    readonly failures: number;
    readonly recoverySeconds?: number;
  }[];
  readonly owners: readonly {
    readonly owner: string;
    readonly queues: number;
    readonly published?: number;
    readonly bytesMean?: number;
  }[];
  readonly unknown: readonly string[];
}
