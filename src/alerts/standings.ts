/** Where rules stand with objects, as it is kept and taken up again. Pure. */
import { alertId, pendingAlert, subjectOf } from './alert-of.js';
import type { KeptStanding } from './incidents/alert-record.js';
import type { RuleStanding } from './rules/evaluator.js';
import type { Progress } from './rules/progress.js';
import type { Alert } from './types.js';

/** Those that are kept; there may be many more objects. */
export function keptStandings(standings: Iterable<RuleStanding>, countMax: number): KeptStanding[] {
  const kept: KeptStanding[] = [];
  for (const { compiled, labels, progress } of standings) {
    if (kept.length >= countMax) break;
    kept.push({ rule: compiled.rule.name, labels, progress });
  }
  return kept;
}

/** What may become the matter. */
export function* pendingAlerts(standings: Iterable<RuleStanding>): Generator<Alert, void, undefined> {
  for (const standing of standings) if (standing.progress.state === 'pending') yield pendingAlert(standing);
}

/** The identities of alerts that the standings already are. */
export function firingIds(standings: Iterable<RuleStanding>): ReadonlySet<string> {
  const ids = new Set<string>();
  for (const { compiled, labels, progress } of standings)
    if (progress.state !== 'pending')
      ids.add(alertId(compiled.rule.name, subjectOf(compiled.kind.name, compiled.kind.labels, labels)));
  return ids;
}

/** Where the rule of an alert that has not ended stands. */
export function progressOf({ sinceMs, state }: Alert): Progress {
  const sinceSecond = Math.floor(sinceMs / 1_000);
  return {
    state: state === 'unknown' ? 'unknown' : 'firing',
    ...{ sinceSecond, heldSeconds: 0, countsFromSecond: undefined, knownSecond: sinceSecond },
  };
}
