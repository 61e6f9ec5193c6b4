/** What `/v1` answers, as far as the pages use it. */
export interface QueueRow {
  readonly vhost: string;
  readonly name: string;
  readonly durable: boolean;
  readonly paused: boolean;
  readonly arguments: Readonly<Record<string, unknown>>;
  readonly ready: number;
  readonly unacknowledged: number;
  readonly delayed: number;
  readonly bytes: number;
  readonly consumers: number;
  readonly published: number;
  readonly delivered: number;
  readonly acknowledged: number;
  readonly policy?: string;
  readonly operatorPolicy?: string;
  /** Those that were asked for and are known; null: never. */
  readonly figures?: Readonly<Record<string, number | null>>;
}

/** What is unknown is not in `figures`. */
export interface FigureRow {
  readonly labels: Readonly<Record<string, string>>;
  readonly figures: Readonly<Record<string, number>>;
}

export interface Binding {
  readonly vhost: string;
  readonly source: string;
  readonly destination: string;
  readonly destinationKind: 'queue' | 'exchange';
  readonly routingKey: string;
  readonly arguments: Readonly<Record<string, unknown>>;
}

export interface Message {
  readonly position: number;
  readonly state: string;
  readonly redelivered: boolean;
  readonly exchange: string;
  readonly routingKey: string;
  readonly properties: Readonly<Record<string, unknown>>;
  /** Base64. */
  readonly body: string;
  readonly arrivalMs: number;
}

export interface Remedy {
  readonly remedy: string;
  readonly parameters: Readonly<Record<string, string | number | boolean>>;
  readonly text: string;
  /** Empty: it is advice alone. */
  readonly command: string;
}

export interface RemedyPreview {
  readonly title: string;
  readonly effects: readonly string[];
  readonly unknown: readonly string[];
  readonly refusal?: string;
  readonly token?: string;
  readonly check?: string;
}

export interface Cause {
  readonly signature: string;
  readonly title: string;
  readonly explanation?: string;
  readonly score: number;
  readonly evidence: readonly { readonly speaks: 'for' | 'against' | 'unknown'; readonly text: string }[];
  readonly remedies: readonly Remedy[];
}

export interface IncidentRow {
  readonly id: string;
  readonly title: string;
  readonly severity: 'info' | 'warning' | 'critical';
  readonly state: 'open' | 'acknowledged' | 'resolved';
  readonly openedMs: number;
  readonly resolvedMs?: number;
  readonly acknowledgedBy?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly causes: readonly Cause[];
}

export interface Incident extends IncidentRow {
  readonly alerts: readonly {
    readonly id: string;
    readonly rule: string;
    readonly severity: string;
    readonly state: string;
    readonly summary: string;
    readonly condition: string;
  }[];
  readonly timeline: readonly {
    readonly atMs: number;
    readonly kind: string;
    readonly text: string;
    readonly by?: string;
  }[];
}

export interface EngineAvailability {
  readonly engine: string;
  /** Left out: unknown. */
  readonly availability?: number;
  readonly upSeconds: number;
  readonly downSeconds: number;
  readonly failures: number;
}
