/** Alerts and incidents, counted for metrics. Pure. */
import type { AlertState } from './incidents/alert-state.js';
import type { RuleStanding } from './rules/evaluator.js';
import type { Alert, Severity } from './types.js';

export interface AlertCounts {
  readonly alerts: Readonly<Record<Alert['state'], number>>;
  readonly incidentsOpen: Readonly<Record<Severity, number>>;
}

export function countAlerts(
  standings: Iterable<RuleStanding>,
  open: Iterable<Alert>,
  { incidents }: AlertState,
): AlertCounts {
  const alerts = { pending: 0, firing: 0, unknown: 0, resolved: 0 };
  const incidentsOpen = { info: 0, warning: 0, critical: 0 };
  for (const { progress } of standings) if (progress.state === 'pending') alerts.pending++;
  for (const { state } of open) alerts[state]++;
  for (const { head } of incidents.values()) if (head.state !== 'resolved') incidentsOpen[head.severity]++;
  return { alerts, incidentsOpen };
}
