/**
 * What a plot does not know: stretches of time in which none of its lines has a value, hatched behind the lines.
 * Invariant: a gap so short that it would only flicker is left blank, as a break of the lines.
 */
import type UPlot from 'uplot';
import type { PlotData } from './plot-data.ts';
import { clipped } from './plot-marks.ts';

/** Unix seconds. */
export interface UnknownStretch {
  readonly fromSecond: number;
  readonly toSecond: number;
}

/** Part of what is drawn. */
const leastPart = 1 / 30;
const hatchPixels = 7;

/** Each stretch reaches from what is known before it to what is known after it, or to an edge of the plot. */
export function unknownStretches({ seconds, lines }: PlotData): readonly UnknownStretch[] {
  const last = seconds.length - 1;
  const least = (seconds[last]! - seconds[0]!) * leastPart;
  const found: UnknownStretch[] = [];
  let before = -1;
  for (let at = 0; at <= last + 1; at++) {
    if (at <= last && !lines.some((line) => typeof line[at] === 'number')) continue;
    const [fromSecond, toSecond] = [seconds[Math.max(0, before)]!, seconds[Math.min(at, last)]!];
    if (at - before > 1 && toSecond - fromSecond > least) found.push({ fromSecond, toSecond });
    before = at;
  }
  return found;
}

/** Values with none beside them, of which no line would be drawn. */
export function lonely(values: ArrayLike<number | null | undefined>): number[] {
  const isKnown = (index: number): boolean => typeof values[index] === 'number';
  const all = Array.from({ length: values.length }, (_, at) => at);
  return all.filter((at) => isKnown(at) && !isKnown(at - 1) && !isKnown(at + 1));
}

/** Before the lines. */
export function drawUnknown(plot: UPlot, stretches: readonly UnknownStretch[], colour: string): void {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.strokeStyle = ctx.fillStyle = colour;
  ctx.lineWidth = devicePixelRatio;
  for (const { fromSecond, toSecond } of stretches) {
    const from = plot.valToPos(fromSecond, 'x', true);
    const place = clipped(from, plot.valToPos(toSecond, 'x', true), bbox.left, bbox.width);
    if (place !== undefined) hatch(ctx, place, bbox);
  }
  ctx.restore();
}

function hatch(
  ctx: CanvasRenderingContext2D,
  [left, width]: readonly [start: number, width: number],
  { top, height }: UPlot.BBox,
): void {
  ctx.save();
  ctx.beginPath();
  ctx.rect(left, top, width, height);
  ctx.clip();
  ctx.globalAlpha = 0.06;
  ctx.fillRect(left, top, width, height);
  ctx.globalAlpha = 0.28;
  ctx.beginPath();
  for (let at = left - height; at < left + width; at += hatchPixels * devicePixelRatio) {
    ctx.moveTo(at, top + height);
    ctx.lineTo(at + height, top);
  }
  ctx.stroke();
  ctx.restore();
}
