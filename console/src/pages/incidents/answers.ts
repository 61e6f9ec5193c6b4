/** What `/v1` answers of incidents, silences and remedies, as far as these pages use it. Moments are Unix ms. */
import type { IncidentRow, Remedy, RemedyPreview } from '../../server/answers.ts';

export interface Subject {
  readonly kind: string;
  readonly labels: Readonly<Record<string, string>>;
}

export interface Reading {
  /** A name of the catalogue, or what is derived from some: `rate(sluice_messages_published_total)`. */
  readonly series: string;
  readonly subject: Subject;
  /** Left out: unknown. */
  readonly value?: number;
  readonly unit: string;
  readonly atMs: number;
}

export interface Evidence {
  readonly speaks: 'for' | 'against' | 'unknown';
  readonly text: string;
  readonly readings: readonly Reading[];
}

export interface Cause {
  readonly signature: string;
  readonly subject: Subject;
  readonly title: string;
  readonly explanation?: string;
  readonly score: number;
  readonly evidence: readonly Evidence[];
  readonly remedies: readonly Remedy[];
  readonly check?: { readonly text: string; readonly withinSeconds: number };
}

export interface Alert {
  readonly id: string;
  readonly rule: string;
  readonly severity: string;
  readonly subject: Subject;
  readonly labels: Readonly<Record<string, string>>;
  readonly state: 'pending' | 'firing' | 'unknown' | 'resolved';
  readonly reading: Reading;
  readonly condition: string;
  readonly summary: string;
  readonly runbook?: string;
  readonly sinceMs: number;
  readonly endedMs?: number;
  readonly inhibitedBy?: string;
  readonly silencedBy?: string;
}

export interface TimelineEvent {
  readonly atMs: number;
  readonly kind: string;
  readonly text: string;
  readonly by?: string;
}

export interface Incident extends Omit<IncidentRow, 'causes'> {
  readonly causes: readonly Cause[];
  readonly alerts: readonly Alert[];
  readonly timeline: readonly TimelineEvent[];
}

export interface ListedIncident extends IncidentRow {
  readonly alertsOpen: number;
  readonly alertsTotal: number;
}

export interface Silence {
  readonly id: string;
  readonly match: Readonly<Record<string, string>>;
  readonly fromMs: number;
  readonly toMs: number;
  readonly by: string;
  readonly reason: string;
}

export interface Preview extends RemedyPreview {
  readonly canUndo: boolean;
  readonly afterRestart: string;
}

/** What may be left out depends on the kind. */
export interface RunState {
  readonly kind:
    'asked' | 'applying' | 'applied' | 'done' | 'in-vain' | 'undoing' | 'undone' | 'failed' | 'refused';
  readonly sinceMs?: number;
  readonly untilMs?: number;
  readonly checkUntilMs?: number;
  readonly atMs?: number;
  readonly proven?: boolean;
  readonly why?: string;
}

export interface Run {
  readonly id: string;
  readonly remedy: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly reason: string;
  readonly mode: 'by-hand' | 'approval' | 'automatic';
  readonly by: string;
  readonly incident?: string;
  readonly rule?: string;
  readonly check?: { readonly text: string; readonly withinSeconds: number };
  readonly createdMs: number;
  readonly state: RunState;
  readonly history: readonly { readonly atMs: number; readonly text: string; readonly by: string }[];
}

export interface RemedyRow {
  readonly name: string;
  readonly title: string;
  readonly canUndo: boolean;
  readonly afterRestart: string;
}
