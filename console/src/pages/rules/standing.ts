/** Where a rule stands now, from the alerts that it made. Invariant: what is not known is never told to be quiet. */
export type Standing = 'firing' | 'unknown' | 'pending' | 'muted' | 'quiet' | 'off';

export interface StandingAlert {
  readonly rule: string;
  readonly state: 'pending' | 'firing' | 'unknown' | 'resolved';
  readonly silencedBy?: string;
  readonly inhibitedBy?: string;
}

export interface Stood {
  readonly standing: Standing;
  /** How many objects are so. */
  readonly count: number;
}

/** What is worst comes first. */
export const standings: readonly Standing[] = ['firing', 'unknown', 'pending', 'muted', 'quiet', 'off'];

function standingOf({ state, silencedBy, inhibitedBy }: StandingAlert): Standing {
  if (state === 'resolved') return 'quiet';
  if (silencedBy !== undefined || inhibitedBy !== undefined) return 'muted';
  return state;
}

/** Of one rule, by all alerts. */
export function stoodOf(name: string, isEnabled: boolean, alerts: readonly StandingAlert[]): Stood {
  if (!isEnabled) return { standing: 'off', count: 0 };
  const own = alerts.filter(({ rule }) => rule === name).map(standingOf);
  const standing = standings.find((each) => own.includes(each)) ?? 'quiet';
  return { standing, count: own.filter((each) => each === standing).length };
}
