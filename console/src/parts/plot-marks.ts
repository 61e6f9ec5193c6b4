/**
 * What a plot shows besides its lines: bands of time, levels and moments. Invariant: bands lie behind the lines, levels
 * and moments before them, and nothing is drawn outside of the plot.
 */
import type UPlot from 'uplot';

export type Tone = 'pending' | 'firing' | 'unknown';

/** A stretch of time, in Unix seconds. */
export interface Band {
  readonly fromSecond: number;
  readonly toSecond: number;
  readonly tone: Tone;
}

export interface Marks {
  readonly bands?: readonly Band[] | undefined;
  /** Values that are drawn as dashed lines from side to side; the scale reaches them. */
  readonly levels?: readonly number[] | undefined;
  /** Unix seconds that are drawn as lines from top to bottom. */
  readonly moments?: readonly number[] | undefined;
}

type Colour = (property: string) => string;

const tones: Readonly<Record<Tone, { readonly property: string; readonly alpha: number }>> = {
  pending: { property: '--warning', alpha: 0.18 },
  firing: { property: '--critical', alpha: 0.22 },
  unknown: { property: '--faint', alpha: 0.14 },
};

/** Where a stretch lies between two edges, as a start and a width; undefined: outside. At least one pixel wide. */
export function clipped(
  from: number,
  to: number,
  left: number,
  width: number,
): readonly [start: number, width: number] | undefined {
  const start = Math.max(from, left);
  const end = Math.min(to, left + width);
  return end < start ? undefined : [start, Math.max(1, end - start)];
}

/** The greatest value that the scale has to reach. */
export function reach(greatest: number, { levels = [] }: Marks): number {
  return Math.max(greatest, ...levels);
}

/** Before the lines. */
export function drawBands(plot: UPlot, { bands = [] }: Marks, colour: Colour): void {
  const { ctx, bbox } = plot;
  ctx.save();
  for (const { fromSecond, toSecond, tone } of bands) {
    const from = plot.valToPos(fromSecond, 'x', true);
    const place = clipped(from, plot.valToPos(toSecond, 'x', true), bbox.left, bbox.width);
    if (place === undefined) continue;
    ctx.globalAlpha = tones[tone].alpha;
    ctx.fillStyle = colour(tones[tone].property);
    ctx.fillRect(place[0], bbox.top, place[1], bbox.height);
  }
  ctx.restore();
}

/** After the lines. */
export function drawLevels(plot: UPlot, { levels = [], moments = [] }: Marks, colour: Colour): void {
  const { ctx, bbox } = plot;
  const { left, top, width, height } = bbox;
  ctx.save();
  ctx.beginPath();
  ctx.rect(left, top, width, height);
  ctx.clip();
  ctx.lineWidth = 1.5 * devicePixelRatio;
  ctx.setLineDash([6 * devicePixelRatio, 4 * devicePixelRatio]);
  ctx.strokeStyle = colour('--critical');
  for (const level of levels) {
    const at = plot.valToPos(level, 'y', true);
    stroke(ctx, [left, at], [left + width, at]);
  }
  ctx.setLineDash([2 * devicePixelRatio, 3 * devicePixelRatio]);
  ctx.strokeStyle = colour('--faint');
  for (const second of moments) {
    const at = plot.valToPos(second, 'x', true);
    stroke(ctx, [at, top], [at, top + height]);
  }
  ctx.restore();
}

type Point = readonly [x: number, y: number];

function stroke(ctx: CanvasRenderingContext2D, from: Point, to: Point): void {
  ctx.beginPath();
  ctx.moveTo(...from);
  ctx.lineTo(...to);
  ctx.stroke();
}
