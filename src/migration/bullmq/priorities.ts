/**
 * BullMQ's priorities on Sluice's scale. There 0 (none) goes first, then 1, up to 2,097,151, the last; here a higher
 * number goes first. A job without one gets what tasks have that say nothing, and what BullMQ puts behind it stays
 * behind it; there are five levels for that. Within a level jobs keep the order in which they are brought, which is
 * BullMQ's. Pure.
 */

/** What a task has that says nothing: `normal`. */
const normal = 5;
/** The first number of each level below `normal`. */
const levelStarts = [1, 2, 3, 10, 100] as const;

/** `priority`: as in the job's hash; anything that is no number above 0 is none. */
export function priorityOf(priority: number): { readonly priority: number; readonly isMerged: boolean } {
  if (!(priority > 0)) return { priority: normal, isMerged: false };
  let level = 0;
  while (level + 1 < levelStarts.length && priority >= levelStarts[level + 1]!) level++;
  return { priority: normal - 1 - level, isMerged: level >= 2 };
}
