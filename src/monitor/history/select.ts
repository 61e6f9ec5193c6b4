/**
 * Reads one series of one object between two moments. Invariant: what lies in several resolutions is read from one of
 * them; a point that no block tells of is unknown.
 */
import { SluiceError } from '../../kernel/index.js';
import { groupObjects, type Block } from './block.js';
import { endOf } from './history-file.js';
import { windowSeconds } from './kind-window.js';
import { ChunkReader } from './object-chunk.js';
import { Points } from './points.js';
import type { LiveObject } from './sealing.js';
import type { Tier } from './tier.js';

/** The most points that one call gives. */
export const selectPointsMax = 20_000;

/** A stretch of time in one resolution. */
export interface Stretch {
  readonly startSecond: number;
  readonly stepSeconds: number;
  readonly points: Points;
}

export interface StretchPlan {
  readonly tier: Tier;
  readonly fromSecond: number;
  readonly toSecond: number;
  readonly stepSeconds: number;
}

/**
 * Which resolution serves which time: the coarsest whose points fit into a step, a finer one where that has not come
 * to yet, a coarser one where it does not reach back. `tiers`: finest first; `sealedSeconds`: where each one ends.
 */
export function planStretches(
  tiers: readonly Tier[],
  sealedSeconds: readonly number[],
  range: { readonly fromSecond: number; readonly toSecond: number; readonly stepSeconds: number },
): StretchPlan[] {
  const { stepSeconds } = range;
  const preferred = tiers.findLastIndex(({ resolution }) => resolution.pointSeconds <= stepSeconds);
  const plans: StretchPlan[] = [];
  let end = range.toSecond;
  // The newest part first, from the finest that is needed.
  const order = [...tiers.keys()].filter((index) => index <= preferred).reverse();
  const newest = order.map((index) => ({ index, until: sealedSeconds[index]! }));
  const add = (index: number, from: number, to: number): void => {
    const step = Math.max(stepSeconds, tiers[index]!.resolution.pointSeconds);
    if (to > from) plans.push({ tier: tiers[index]!, fromSecond: from, toSecond: to, stepSeconds: step });
  };
  for (let at = newest.length - 1; at > 0; at--) {
    const { until } = newest[at - 1]!;
    const cut = Math.max(range.fromSecond, until - (until % stepSeconds));
    if (cut >= end) continue;
    add(newest[at]!.index, cut, end);
    end = cut;
  }
  for (let index = preferred; index < tiers.length && end > range.fromSecond; index++) {
    if (index > preferred && !knowsBefore(end, tiers[index]!, stepSeconds)) continue;
    const start = Math.min(end, Math.max(range.fromSecond, reachOf(tiers, index, stepSeconds)));
    add(index, start, end);
    end = start;
  }
  return plans.reverse();
}

/**
 * From where on a resolution serves: the next step of a coarser one that knows more of the past, and its own beginning
 * where none does. Unix seconds.
 */
function reachOf(tiers: readonly Tier[], index: number, stepSeconds: number): number {
  const { resolution, startSecond } = tiers[index]!;
  const coarser = tiers[index + 1];
  const step = Math.max((coarser ?? tiers[index]!).resolution.pointSeconds, stepSeconds);
  const before = Math.floor(startSecond / step) * step;
  if (coarser !== undefined && coarser.startSecond < before) return Math.ceil(startSecond / step) * step;
  const ownStep = Math.max(resolution.pointSeconds, stepSeconds);
  return Math.floor(startSecond / ownStep) * ownStep;
}

/** Whether a coarser resolution knows more than the point in which the finer one begins, and so begins itself. */
function knowsBefore(second: number, { resolution, startSecond }: Tier, stepSeconds: number): boolean {
  const step = Math.max(resolution.pointSeconds, stepSeconds);
  return startSecond < Math.floor(second / step) * step;
}

/** Reads a stretch from the disk. */
export async function readStretch(plan: StretchPlan, object: number, series: number): Promise<Stretch> {
  const { tier, fromSecond, toSecond, stepSeconds } = plan;
  const startSecond = fromSecond - (fromSecond % stepSeconds);
  const count = Math.ceil((toSecond - startSecond) / stepSeconds);
  requirePoints(count);
  const points = new Points(count);
  const reader = new ChunkReader();
  for (const file of tier.files) {
    for (const block of file.blocks) {
      if (block.startSecond >= toSecond || endOf(block) <= fromSecond) continue;
      const group = await file.readGroup(block, Math.floor(object / groupObjects));
      const body = group === undefined ? undefined : ChunkReader.find(group, object % groupObjects);
      if (body === undefined) continue;
      place(reader.select(body, block.points, series), block, plan, { startSecond, stepSeconds, points });
    }
  }
  return { startSecond, stepSeconds, points };
}

function place(from: Points, block: Block, { fromSecond, toSecond }: StretchPlan, into: Stretch): void {
  for (let at = 0; at < block.points; at++) {
    const second = block.startSecond + at * block.pointSeconds;
    if (second + block.pointSeconds <= fromSecond || second >= toSecond) continue;
    const index = Math.max(0, Math.floor((second - into.startSecond) / into.stepSeconds));
    into.points.combine(index, from, at);
  }
}

/** Throws `bad-input` for more points than one call gives. */
export function requirePoints(count: number): void {
  if (count > selectPointsMax)
    throw new SluiceError('bad-input', `${count} points; at most ${selectPointsMax} at once`);
}

/** The part of a selection that is not written yet; none: nothing of it is asked for. */
export function liveStretch(
  { window, slot }: LiveObject,
  selection: {
    readonly series: number;
    readonly fromSecond: number;
    readonly toSecond: number;
    readonly stepSeconds: number;
  },
  windowStart: number,
): Stretch[] {
  const { fromSecond, toSecond, stepSeconds } = selection;
  const column = window.series.findIndex(({ id }) => id === selection.series);
  const from = Math.max(fromSecond, windowStart);
  const to = Math.min(toSecond, windowStart + windowSeconds);
  if (column === -1 || from >= to) return [];
  const startSecond = from - (from % stepSeconds);
  const points = new Points(Math.ceil((to - startSecond) / stepSeconds));
  const ticks = new Points(windowSeconds);
  window.readWindow(slot, column, ticks);
  for (let second = from; second < to; second++)
    points.combine(Math.floor((second - startSecond) / stepSeconds), ticks, second - windowStart);
  return [{ startSecond, stepSeconds, points }];
}

/** Stretches of one step that follow each other become one. */
export function joinStretches(stretches: readonly Stretch[]): Stretch[] {
  const joined: Stretch[] = [];
  for (const stretch of stretches) {
    const before = joined.at(-1);
    if (before?.stepSeconds === stretch.stepSeconds) joined[joined.length - 1] = join(before, stretch);
    else joined.push(stretch);
  }
  return joined;
}

function join(first: Stretch, second: Stretch): Stretch {
  const { startSecond, stepSeconds } = first;
  const shift = Math.floor((second.startSecond - startSecond) / stepSeconds);
  const points = new Points(Math.max(first.points.capacity, shift + second.points.capacity));
  for (let at = 0; at < first.points.capacity; at++) points.combine(at, first.points, at);
  for (let at = 0; at < second.points.capacity; at++) points.combine(shift + at, second.points, at);
  return { startSecond, stepSeconds, points };
}
