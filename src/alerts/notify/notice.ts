/**
 * What is told to a receiver: an incident as it stood, and why it is told. Invariant: bounded in size, plain data that
 * JSON keeps whole, and its identity is the same however often it is sent.
 */
import { createHash } from 'node:crypto';
import type { Cause, Incident, IncidentEvent } from '../types.js';

export type Language = 'en' | 'zh';

/** Why a notification is sent. `changed` goes only to receivers that want every change, as Alertmanager does. */
export type NoticeReason =
  | 'opened'
  | 'reopened'
  | 'severity'
  | 'cause'
  | 'escalated'
  | 'acknowledged'
  | 'remedy'
  | 'changed'
  | 'repeated'
  | 'resolved'
  | 'test';

/** One notification to one receiver. */
export interface Notice {
  /** The idempotency key: the same for every attempt, also after a restart. */
  readonly id: string;
  readonly receiver: string;
  readonly route: string;
  readonly reason: NoticeReason;
  /** What happened, in the words of the timeline. */
  readonly text: string;
  readonly language: Language;
  /** When it was decided, in milliseconds since the Unix epoch. */
  readonly atMs: number;
  /** The incident, cut to what a notification can use. */
  readonly incident: Incident;
  /** How many alerts the incident has, of which `incident` may show only some. */
  readonly alertCount: number;
}

/** What an event of the timeline is to those who are notified; undefined: nothing. */
export function reasonOf(kind: IncidentEvent['kind']): NoticeReason | undefined {
  switch (kind) {
    case 'alert-fired':
    case 'alert-resolved':
      return 'changed';
    case 'comment':
    case 'notified':
    case 'notification-failed':
    case 'silenced':
      return undefined;
    case 'opened':
    case 'reopened':
    case 'severity':
    case 'cause':
    case 'acknowledged':
    case 'escalated':
    case 'remedy':
    case 'resolved':
      return kind;
  }
}

/** The identity of the `sequence`th notification of an incident over a route to a receiver. */
export function noticeId(route: string, incident: string, sequence: number, receiver: string): string {
  const whole = JSON.stringify([route, incident, sequence, receiver]);
  return createHash('sha256').update(whole).digest('hex').slice(0, 32);
}

const alertsMax = 100;
const causesMax = 3;
const evidenceMax = 5;
const timelineMax = 10;

function trimmedCause(cause: Cause): Cause {
  const evidence = cause.evidence.slice(0, evidenceMax);
  return {
    ...cause,
    evidence: evidence.map((each) => ({ ...each, readings: each.readings.slice(0, evidenceMax) })),
    remedies: cause.remedies.slice(0, causesMax),
  };
}

/** The incident without what no notification shows: the worst alerts first, the likeliest causes, the last events. */
export function trimmedIncident(incident: Incident): Incident {
  return {
    ...incident,
    alerts: [...incident.alerts].sort((a, b) => rankOf(b) - rankOf(a)).slice(0, alertsMax),
    causes: incident.causes.slice(0, causesMax).map(trimmedCause),
    timeline: incident.timeline.slice(-timelineMax),
  };
}

function rankOf({ severity, state }: Incident['alerts'][number]): number {
  const rank = { info: 0, warning: 1, critical: 2 }[severity];
  return state === 'resolved' ? rank - 3 : rank;
}
