/**
 * What alerts, causes and incidents are, for everyone who makes, shows or sends them. Invariant: plain data that JSON
 * keeps whole; a value that could not be measured is absent.
 */
import type { MetricUnit } from '../monitor/index.js';

export type Severity = 'info' | 'warning' | 'critical';

/** What an alert is about: an object of the catalogue (`queue`, `task`, `node`), told by its labels. */
export interface Subject {
  readonly kind: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** A figure of a subject, as a rule or a piece of evidence saw it. */
export interface Reading {
  /** The series' name in the catalogue, or what is derived from it: `rate(sluice_messages_published_total)`. */
  readonly series: string;
  readonly subject: Subject;
  /** Undefined: unknown. */
  readonly value: number | undefined;
  readonly unit: MetricUnit | 'per-second';
  readonly atMs: number;
}

/** A rule that holds of one subject. */
export interface Alert {
  /** The same for the same rule and subject, at all times. */
  readonly id: string;
  readonly rule: string;
  readonly severity: Severity;
  readonly subject: Subject;
  /** The rule's labels, `team` or `owner` for example, by which notifications are routed. */
  readonly labels: Readonly<Record<string, string>>;
  /** `pending`: the condition holds, though not for long enough. `unknown`: it fired, and nothing can be measured now. */
  readonly state: 'pending' | 'firing' | 'unknown' | 'resolved';
  readonly reading: Reading;
  /** The condition in words: `more than 10,000 messages for 5 minutes`. */
  readonly condition: string;
  readonly summary: string;
  readonly runbook?: string;
  readonly sinceMs: number;
  readonly endedMs?: number;
  /** The alert that makes this one no news: the engine of a queue is down. */
  readonly inhibitedBy?: string;
  /** The silence that covers it. */
  readonly silencedBy?: string;
}

/** One thing that speaks for a cause, or against it, or that would and is not known. */
export interface Evidence {
  readonly speaks: 'for' | 'against' | 'unknown';
  readonly text: string;
  readonly readings: readonly Reading[];
}

/** An action that would help, with what it needs to be run. */
export interface RemedyProposal {
  /** The name of a remedy: `add-workers`, `pause-queue`. */
  readonly remedy: string;
  readonly parameters: Readonly<Record<string, string | number | boolean>>;
  readonly text: string;
  /** The command that does the same. */
  readonly command: string;
}

/** A cause that fits an incident. */
export interface Cause {
  /** The name of a fault signature: `slow-consumers`. */
  readonly signature: string;
  readonly subject: Subject;
  readonly title: string;
  /** The cause in words, with its figures. */
  readonly explanation?: string;
  /** From 0 to 1: how much of what the signature looks for was found, less what speaks against it. */
  readonly score: number;
  readonly evidence: readonly Evidence[];
  readonly remedies: readonly RemedyProposal[];
  /** What has to hold, and how soon, when a remedy worked. */
  readonly check?: { readonly text: string; readonly withinSeconds: number };
}

/** A line of an incident's timeline. */
export interface IncidentEvent {
  readonly atMs: number;
  readonly kind:
    | 'opened'
    | 'alert-fired'
    | 'alert-resolved'
    | 'severity'
    | 'cause'
    | 'acknowledged'
    | 'comment'
    | 'escalated'
    | 'notified'
    | 'notification-failed'
    | 'silenced'
    | 'remedy'
    | 'resolved'
    | 'reopened';
  readonly text: string;
  /** Who did it, where a person or an automatic action did. */
  readonly by?: string;
}

/** Alerts that belong together, from the first of them to the evidence that it is over. */
export interface Incident {
  readonly id: string;
  readonly title: string;
  readonly severity: Severity;
  readonly state: 'open' | 'acknowledged' | 'resolved';
  readonly alerts: readonly Alert[];
  /** The likeliest first. */
  readonly causes: readonly Cause[];
  readonly timeline: readonly IncidentEvent[];
  readonly labels: Readonly<Record<string, string>>;
  readonly openedMs: number;
  readonly acknowledgedBy?: string;
  readonly resolvedMs?: number;
}

/** Alerts that nobody is to be told of for some time. */
export interface Silence {
  readonly id: string;
  /** `rule`, `kind`, `severity` and labels: exact, a glob, or `/a regular expression/`. All of them must match. */
  readonly match: Readonly<Record<string, string>>;
  readonly fromMs: number;
  readonly toMs: number;
  readonly by: string;
  readonly reason: string;
}

/** Something happened to an incident. */
export interface IncidentNews {
  /** As it is after the event. */
  readonly incident: Incident;
  readonly event: IncidentEvent;
  /** Every alert of it is silenced: nobody is to be told. */
  readonly isSilenced: boolean;
}
