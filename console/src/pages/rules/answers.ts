/** What `/v1` answers of rules and their back-tests, as far as these pages use it. */

/** A rule as the API gives it, with durations in seconds; its fields depend on its kind. */
export type Rule = Readonly<Record<string, unknown>> & { readonly name: string; readonly kind: string };

export interface RuleRow {
  readonly name: string;
  readonly source: 'default' | 'configuration' | 'api';
  readonly help?: string;
  readonly rule: Rule;
}

export interface Spell {
  readonly fromSecond: number;
  /** Left out: to the end. */
  readonly toSecond?: number;
}

export interface Replayed {
  readonly labels: Readonly<Record<string, string>>;
  readonly pending: readonly Spell[];
  readonly firing: readonly Spell[];
  readonly unknown: readonly Spell[];
  readonly pendingSeconds: number;
  readonly firingSeconds: number;
  readonly unknownSeconds: number;
  readonly worst?: number;
}

export interface Curve {
  readonly labels: Readonly<Record<string, string>>;
  readonly startSecond: number;
  readonly stepSeconds: number;
  readonly values: readonly (number | null)[];
}

export interface Backtest {
  readonly rule: string;
  readonly fromSecond: number;
  readonly toSecond: number;
  readonly stepSeconds: number;
  readonly objectsLookedAt: number;
  readonly figure: string;
  readonly unit: string;
  /** Left out: the figure is compared with nothing. */
  readonly level?: number;
  readonly curves: readonly Curve[];
  readonly objects: readonly Replayed[];
  readonly notifications: { readonly fired: number; readonly resolved: number };
  readonly leftOut: number;
}

export interface Trial {
  readonly condition: string;
  readonly counts: Readonly<Record<'fires' | 'between' | 'unknown' | 'quiet', number>>;
}
