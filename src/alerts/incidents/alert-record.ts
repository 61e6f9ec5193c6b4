/** What is kept of alerts: the records of their log, whose fold is everything that is known of incidents. */
import type { Progress } from '../rules/progress.js';
import type { Alert, Cause, Incident, IncidentEvent, Severity, Silence } from '../types.js';

/** An incident without what is kept line by line. */
export interface IncidentHead extends Omit<Incident, 'alerts' | 'causes' | 'timeline'> {
  /** Steps of the escalation that were taken. */
  readonly escalations: number;
  /** All of its alerts are silenced. */
  readonly isQuiet: boolean;
  /** Since when somebody is asked to look after it, where that is not since it was opened. */
  readonly askedMs?: number;
}

/** Where a rule stood with an object, for the time after a restart. */
export interface KeptStanding {
  readonly rule: string;
  readonly labels: readonly string[];
  readonly progress: Progress;
}

export type AlertRecord =
  | { readonly type: 'incident'; readonly head: IncidentHead }
  | { readonly type: 'alert'; readonly incident: string; readonly alert: Alert }
  | { readonly type: 'event'; readonly incident: string; readonly event: IncidentEvent }
  | { readonly type: 'causes'; readonly incident: string; readonly causes: readonly Cause[] }
  | { readonly type: 'forget'; readonly incident: string }
  | { readonly type: 'silence'; readonly silence: Silence }
  | { readonly type: 'unsilence'; readonly silence: string }
  | { readonly type: 'rule'; readonly name: string; readonly definition: Readonly<Record<string, unknown>> }
  | { readonly type: 'unrule'; readonly name: string }
  | { readonly type: 'standings'; readonly standings: readonly KeptStanding[] };

/** The greater of two. */
export function worse(a: Severity, b: Severity): Severity {
  const order: readonly Severity[] = ['info', 'warning', 'critical'];
  return order.indexOf(a) >= order.indexOf(b) ? a : b;
}
