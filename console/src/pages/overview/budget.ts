/** How much of an error budget is left. Pure. Invariant: time about which nothing is known spends nothing and earns nothing. */
export interface Availability {
  /** Up / (up + down); left out: unknown. */
  readonly availability?: number;
  readonly upSeconds: number;
  readonly downSeconds: number;
  readonly unknownSeconds: number;
}

/**
 * The share of the budget that is spent, 1 being all of it; undefined: nothing is known. The budget is what the goal
 * lets be down of the time that is known.
 */
export function spentOf({ upSeconds, downSeconds }: Availability, goal: number): number | undefined {
  const allowed = (upSeconds + downSeconds) * (1 - goal);
  return allowed > 0 ? downSeconds / allowed : undefined;
}

/** Shares of a bar; together 1, or all 0 where there is no time. */
export interface Shares {
  readonly up: number;
  readonly down: number;
  readonly unknown: number;
}

/** A failure is seen however short it was. */
const shareMin = 0.004;

export function sharesOf({ upSeconds, downSeconds, unknownSeconds }: Availability): Shares {
  const whole = upSeconds + downSeconds + unknownSeconds;
  if (whole <= 0) return { up: 0, down: 0, unknown: 0 };
  const down = downSeconds === 0 ? 0 : Math.max(shareMin, downSeconds / whole);
  const rest = upSeconds + unknownSeconds;
  const scale = rest === 0 ? 0 : (1 - down) / rest;
  return { up: upSeconds * scale, down, unknown: unknownSeconds * scale };
}

/** A share as a percentage that never says more than is true: 99.9996 % is not 100 %. */
export function percentOf(share: number): number {
  return Math.floor(share * 100_000) / 1_000;
}
