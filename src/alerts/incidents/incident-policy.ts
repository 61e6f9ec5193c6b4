/** What becomes of incidents, as the settings say. Pure. */
import type { AlertSettings } from '../settings.js';
import type { Severity } from '../types.js';
import { inhibitionsDefault, type Inhibition } from './silencing.js';

/** What becomes of an incident that nobody acknowledges. */
export interface EscalationStep {
  readonly afterMs: number;
  readonly severity?: Severity | undefined;
  /** Added to its labels, by which notifications are routed. */
  readonly labels?: Readonly<Record<string, string>> | undefined;
}

export interface IncidentPolicy {
  readonly inhibitions: readonly Inhibition[];
  readonly escalation: readonly EscalationStep[];
  /** An alert that comes back within this time opens its incident again. */
  readonly reopenMs: number;
}

export function policyOf({
  inhibit,
  escalation,
  reopenWithin,
}: Pick<AlertSettings, 'inhibit' | 'escalation' | 'reopenWithin'>): IncidentPolicy {
  return {
    inhibitions: [...inhibitionsDefault, ...inhibit],
    escalation: escalation.map(({ after, ...rest }) => ({ ...rest, afterMs: after * 1_000 })),
    reopenMs: reopenWithin * 1_000,
  };
}
