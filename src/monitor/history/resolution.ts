/** The resolutions in which history is kept, finest first; what is older than one keeps is in the next. */
import { blockPointsMax } from './object-chunk.js';

export interface Resolution {
  /** Begins the names of its files. */
  readonly name: string;
  readonly pointSeconds: number;
  /** How far back it reaches where the budget allows. */
  readonly keepSeconds: number;
}

export const resolutions: readonly Resolution[] = [
  { name: '1s', pointSeconds: 1, keepSeconds: 3_600 },
  { name: '10s', pointSeconds: 10, keepSeconds: 86_400 },
  { name: '1min', pointSeconds: 60, keepSeconds: 30 * 86_400 },
];

/** The time that one file of a resolution spans: as many points as a block may hold, so that it merges to one block. */
export function fileSeconds({ pointSeconds }: Resolution): number {
  return blockPointsMax * pointSeconds;
}
