/** The report for whoever is on call next, as plain data. Invariant: what is unknown is absent, or said. */
import type { ReceiverState } from '../notify/index.js';
import type { Alert, IncidentEvent, Severity, Silence, Subject } from '../types.js';

/** An incident that was open in the span, or ended in it. */
export interface ReportedIncident {
  readonly id: string;
  readonly title: string;
  readonly severity: Severity;
  readonly state: 'open' | 'acknowledged' | 'resolved';
  readonly openedMs: number;
  readonly acknowledgedBy?: string;
  readonly resolvedMs?: number;
  /** The likeliest first, in words. */
  readonly causes: readonly string[];
  readonly alertsOpen: number;
}

/** Something that was done, or failed, about an incident. */
export interface ReportedLine extends IncidentEvent {
  readonly incident: string;
}

/** A remedy that would help an incident that is not over. */
export interface PendingRemedy {
  readonly incident: string;
  readonly remedy: string;
  readonly text: string;
  readonly command: string;
}

export type RiskKind =
  | 'limit'
  | 'deadline'
  | 'pending-alert'
  | 'muted-alert'
  | 'unknown-alert'
  | 'unacknowledged-incident'
  | 'notification'
  | 'unprobed'
  | 'unmeasured';

/** What may become the matter, or hides that something is. */
export interface Risk {
  readonly kind: RiskKind;
  readonly text: string;
  readonly subject?: Subject;
  /** Until a limit is reached, at the pace of the span. */
  readonly days?: number;
}

/** How an engine was, over the span. */
export interface EngineAvailability {
  readonly engine: string;
  /** Whether probe messages came back, where any were sent in the span; else whether the engine answered. */
  readonly measuredBy: 'probe' | 'engine';
  /** Up / (up + down), from 0 to 1; absent: nothing is known. */
  readonly availability?: number;
  readonly upSeconds: number;
  readonly downSeconds: number;
  /** Nothing was measured, as while the server itself was stopped. */
  readonly unknownSeconds: number;
  /** Times that it went down. */
  readonly failures: number;
  /** Mean time from down to up, of the failures that ended; absent: there were none. */
  readonly recoverySeconds?: number;
}

/** What an owner's queues and connections took. */
export interface OwnerUsage {
  readonly owner: string;
  readonly queues: number;
  /** Over the span; absent: unknown. */
  readonly published?: number;
  readonly acknowledged?: number;
  /** Bodies in the queues, on average over the span. */
  readonly bytesMean?: number;
  readonly bytesPeak?: number;
  /** Open now. */
  readonly connections: number;
  /** Until the first of the queues reaches its limit; absent: none will at this pace, or it is unknown. */
  readonly daysToLimit?: number;
  readonly limit?: string;
  readonly cost?: number;
  /** From 0 to 1: the share of the span of which the queues' figures are known. */
  readonly knownShare: number;
}

/** What things cost. */
export interface Prices {
  /** `EUR`. */
  readonly currency?: string | undefined;
  /** For a million published messages. */
  readonly perMillionMessages?: number | undefined;
  /** For a GiB that the queues held on average over the span. */
  readonly perGib?: number | undefined;
}

/** What an operator did, perhaps many times. */
export interface ReportedAct {
  /** The first and the last, Unix ms; the same where there was one. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly actor: string;
  /** An event of the audit log. */
  readonly event: string;
  /** What it was done to: of several, the newest. */
  readonly subject: string;
  /** To how many others too. */
  readonly others: number;
  readonly outcome: string;
  /** Where it is the same of all. */
  readonly reason?: string;
  readonly count: number;
}

export interface Report {
  readonly fromMs: number;
  readonly toMs: number;
  readonly incidents: readonly ReportedIncident[];
  readonly alerts: readonly Alert[];
  /** In force, or ended in the span. */
  readonly silences: readonly Silence[];
  readonly remediesDone: readonly ReportedLine[];
  readonly remediesPending: readonly PendingRemedy[];
  /** What operators did in the span, oldest first; absent: see `actsRefused`. */
  readonly acts?: readonly ReportedAct[];
  /** Why the acts are not told to whoever asks. */
  readonly actsRefused?: string;
  /** Earlier acts of the span that are not in the list; absent: none. */
  readonly actsLeftOut?: number;
  readonly notificationsFailed: readonly ReportedLine[];
  readonly receivers: readonly ReceiverState[];
  readonly risks: readonly Risk[];
  readonly engines: readonly EngineAvailability[];
  readonly owners: readonly OwnerUsage[];
  readonly currency?: string;
  /** What the report does not know, in words. */
  readonly unknown: readonly string[];
}
