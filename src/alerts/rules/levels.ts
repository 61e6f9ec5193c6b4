/** The level of a condition, and where it is over again: what a number says of it. Pure. */
import { outcome, type Outcome } from './progress.js';

/** Either `above` or `below` is given. */
export interface Levels {
  readonly above?: number | undefined;
  readonly below?: number | undefined;
  /** On the quiet side of the level; left out, it is over at the level itself. */
  readonly clear?: number | undefined;
}

/** Fires strictly beyond the level; it is over strictly on the other side of `clear`, or at the level itself. */
export function levelJudge({ above, below, clear }: Levels): (value: number) => Outcome {
  return (value) => {
    if (Number.isNaN(value)) return outcome.unknown;
    if (above !== undefined) {
      if (value > above) return outcome.fires;
      return clear === undefined || value <= clear ? outcome.clears : outcome.between;
    }
    if (value < below!) return outcome.fires;
    return clear === undefined || value >= clear ? outcome.clears : outcome.between;
  };
}
