/** Where the parts of a schedule's picture lie, in pixels; and its jobs as rows of a table. Pure. */
import type { DrawnSchedule, Slice } from './answers.ts';

export interface Frame {
  /** Of the whole picture. */
  readonly width: number;
  readonly labelWidth: number;
}

export interface Bar extends Slice {
  readonly x: number;
  readonly width: number;
  /** The row of its worker, and that of its task. */
  readonly workerY: number;
  readonly taskY: number;
}

export interface Picture {
  readonly height: number;
  readonly rows: readonly { readonly y: number; readonly worker?: number; readonly task?: number }[];
  readonly bars: readonly Bar[];
  readonly arrivals: readonly { readonly x: number; readonly y: number }[];
  readonly dues: readonly { readonly x: number; readonly y: number }[];
  readonly misses: readonly { readonly x: number; readonly y: number; readonly index: number }[];
  readonly marks: readonly { readonly x: number; readonly time: number }[];
}

export const barHeight = 18;
const rowHeight = 34;
const top = 8;
const axisHeight = 28;
const rightMargin = 24;
/** Pixels that a mark of the axis with its text needs. */
const markWidth = 90;

/** A step of 1, 2 or 5 times a power of ten. */
export function niceStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(rough, 1e-6)));
  return [1, 2, 5, 10].find((factor) => factor * power >= rough * (1 - 1e-9))! * power;
}

export function pictureOf(schedule: DrawnSchedule, { width, labelWidth }: Frame): Picture {
  const { tasks, workers, horizon, slices, misses } = schedule;
  const plot = Math.max(1, width - labelWidth - rightMargin);
  const x = (time: number): number => labelWidth + (time / horizon) * plot;
  const y = (row: number): number => top + row * rowHeight + (rowHeight - barHeight) / 2;
  const taskRow = (task: number): number => y(workers + task);
  const step = niceStep(horizon / Math.max(1, Math.floor(plot / markWidth)));
  return {
    height: top + (workers + tasks.length) * rowHeight + axisHeight,
    rows: [
      ...Array.from({ length: workers }, (_, worker) => ({ y: y(worker), worker })),
      ...tasks.map((_, task) => ({ y: taskRow(task), task })),
    ],
    bars: slices.map((slice) => ({
      ...slice,
      x: x(slice.from),
      width: Math.max(1, x(slice.to) - x(slice.from)),
      workerY: y(slice.worker),
      taskY: taskRow(slice.task),
    })),
    arrivals: tasks.flatMap(({ period }, task) =>
      momentsOf(0, period, horizon, false).map((time) => ({ x: x(time), y: taskRow(task) })),
    ),
    dues: tasks.flatMap(({ period, deadline }, task) =>
      momentsOf(deadline, period, horizon, true).map((time) => ({ x: x(time), y: taskRow(task) })),
    ),
    misses: misses.map(({ task, due }, index) => ({ x: x(due), y: taskRow(task), index })),
    marks: momentsOf(0, step, horizon, true).map((time) => ({ x: x(time), time })),
  };
}

function momentsOf(first: number, step: number, end: number, isClosed: boolean): number[] {
  const moments: number[] = [];
  for (let index = 0; ; index++) {
    const time = first + index * step;
    if (time > end || (!isClosed && time >= end)) return moments;
    moments.push(time);
  }
}

/** How a piece of a job ended. */
export type SliceEnd = 'done' | 'interrupted' | 'late';

export function sliceEnds({ slices, misses }: DrawnSchedule): readonly SliceEnd[] {
  const name = (task: number, job: number): string => `${task} ${job}`;
  const last = new Map(slices.map(({ task, job }, index) => [name(task, job), index]));
  const late = new Set(misses.map(({ task, job }) => name(task, job)));
  return slices.map(({ task, job }, index) => {
    if (last.get(name(task, job)) !== index) return 'interrupted';
    return late.has(name(task, job)) ? 'late' : 'done';
  });
}
