/**
 * A schedule as an SVG picture: one row a worker, one row a task, arrivals and deadlines as ticks, late jobs marked by
 * shape and word, not by colour alone. It carries its own light and dark colours and no script.
 */
import type { Schedule } from './schedule.js';
import type { Job, Slice } from './simulation.js';

/** Words of a picture. */
export interface GanttWords {
  readonly title: string;
  /** The verdict, for those who do not see the picture. */
  readonly description: string;
  /** A time with its unit. */
  readonly format: (time: number) => string;
}

const labelWidth = 150;
const plotWidth = 1_000;
const rowHeight = 34;
const barHeight = 20;
const top = 56;
const rightMargin = 30;
const hues = 8;

const style = `
  svg { background: #fff; color: #1b1f24; font: 12px system-ui, sans-serif; }
  text { fill: currentColor; } .title { font-size: 15px; font-weight: 600; } .small { font-size: 10px; }
  .axis { stroke: #8a929c; stroke-width: 1; } .row { stroke: #d5dae0; stroke-width: 1; }
  .tick { stroke: currentColor; stroke-width: 1.2; fill: none; } .miss { fill: none; stroke: #c0182b; stroke-width: 2.5; }
  .miss-word { fill: #a11222; font-weight: 700; font-size: 10px; }
  .bar { stroke: currentColor; stroke-width: 0.6; } .bar-text { fill: #10151b; font-size: 10px; pointer-events: none; }
  .c0 { fill: #9cc7f0; } .c1 { fill: #f6c177; } .c2 { fill: #a5d6a7; } .c3 { fill: #e3b1dd; }
  .c4 { fill: #f2e08a; } .c5 { fill: #9fdcd6; } .c6 { fill: #f5b5a5; } .c7 { fill: #c3c7d0; }
  @media (prefers-color-scheme: dark) {
    svg { background: #14181d; color: #e6eaef; } .row { stroke: #333b45; } .axis { stroke: #7d8792; }
    .miss { stroke: #ff6b78; } .miss-word { fill: #ff8b95; }
  }`;

/** Text inside the picture: markup is escaped, and what XML cannot hold is left out. */
function escapeXml(text: string): string {
  return text
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]|[\u007f-\u009f]/gu, '')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;');
}

function shortened(text: string, length: number): string {
  const characters = Array.from(text);
  return characters.length <= length ? text : `${characters.slice(0, length - 1).join('')}…`;
}

/** The picture as an SVG document. */
export function ganttSvg(schedule: Schedule, words: GanttWords): string {
  const rows = schedule.workers + schedule.tasks.length;
  const width = labelWidth + plotWidth + rightMargin;
  const height = top + rows * rowHeight + 60;
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="title description">`,
    `<title id="title">${escapeXml(words.title)}</title>`,
    `<desc id="description">${escapeXml(words.description)}</desc>`,
    `<style>${style}</style>`,
    `<text class="title" x="12" y="24">${escapeXml(shortened(words.title, 130))}</text>`,
    `<text x="12" y="42">${escapeXml(shortened(words.description, 170))}</text>`,
    ...rowLines(schedule),
    ...timeAxis(schedule, words),
    ...schedule.slices.flatMap((slice) => bars(schedule, slice, words)),
    ...jobTicks(schedule),
    ...schedule.misses.flatMap((miss) => missMark(schedule, miss, words)),
    legend(height - 10),
    '</svg>',
  ].join('\n')}\n`;
}

function xOf({ horizon }: Schedule, time: number): number {
  return round(labelWidth + (time / horizon) * plotWidth);
}

/** The top of a row's bar. */
function yOf(row: number): number {
  return top + row * rowHeight + (rowHeight - barHeight) / 2;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

function rowLines({ workers, tasks }: Schedule): string[] {
  const labels = [
    ...Array.from({ length: workers }, (_, worker) => (workers === 1 ? 'worker' : `worker ${worker + 1}`)),
    ...tasks.map(({ name }) => name),
  ];
  return labels.map((label, row) => {
    const base = yOf(row) + barHeight;
    const text = `<text x="${labelWidth - 10}" y="${base - 6}" text-anchor="end">${escapeXml(shortened(label, 20))}</text>`;
    return `${text}<line class="row" x1="${labelWidth}" y1="${base}" x2="${labelWidth + plotWidth}" y2="${base}"/>`;
  });
}

/** A step of 1, 2 or 5 times a power of ten that gives about ten marks. */
function axisStep(horizon: number): number {
  const rough = horizon / 10;
  const power = 10 ** Math.floor(Math.log10(Math.max(rough, 1)));
  return Math.max(1, [1, 2, 5, 10].find((factor) => factor * power >= rough)! * power);
}

function timeAxis(schedule: Schedule, { format }: GanttWords): string[] {
  const { workers, tasks, horizon } = schedule;
  const y = top + (workers + tasks.length) * rowHeight + 6;
  const step = axisStep(horizon);
  const marks = [
    `<line class="axis" x1="${labelWidth}" y1="${y}" x2="${labelWidth + plotWidth}" y2="${y}"/>`,
  ];
  for (let time = 0; time <= horizon; time += step) {
    const x = xOf(schedule, time);
    marks.push(
      `<line class="axis" x1="${x}" y1="${y}" x2="${x}" y2="${y + 5}"/>`,
      `<text class="small" x="${x}" y="${y + 17}" text-anchor="middle">${escapeXml(format(time))}</text>`,
    );
  }
  return marks;
}

function bars(schedule: Schedule, slice: Slice, { format }: GanttWords): string[] {
  const { name } = schedule.tasks[slice.task]!;
  const x = xOf(schedule, slice.from);
  const width = Math.max(0.5, round(xOf(schedule, slice.to) - x));
  const says = `${name}, job ${slice.index + 1}: ${format(slice.from)} to ${format(slice.to)} on worker ${slice.worker + 1}`;
  const bar = (row: number): string =>
    `<rect class="bar c${slice.task % hues}" x="${x}" y="${yOf(row)}" width="${width}" height="${barHeight}" rx="2"><title>${escapeXml(says)}</title></rect>`;
  const label = shortened(name, Math.floor(width / 7));
  const text = `<text class="bar-text" x="${round(x + width / 2)}" y="${yOf(slice.worker) + 14}" text-anchor="middle">${escapeXml(label)}</text>`;
  return [bar(slice.worker), ...(width >= 14 ? [text] : []), bar(schedule.workers + slice.task)];
}

/** An arrow up where a job arrives, one down where it is due. */
function jobTicks(schedule: Schedule): string[] {
  return schedule.tasks.flatMap(({ period, deadline }, task) => {
    const base = yOf(schedule.workers + task) + barHeight;
    const ticks: string[] = [];
    for (let arrival = 0; arrival < schedule.horizon; arrival += period) {
      const x = xOf(schedule, arrival);
      ticks.push(`<path class="tick" d="M${x} ${base}V${base - 27}m-2.5 4l2.5 -4l2.5 4"/>`);
      if (arrival + deadline > schedule.horizon) continue;
      const due = xOf(schedule, arrival + deadline);
      ticks.push(`<path class="tick" d="M${due} ${base - 26}V${base}m-2.5 -4l2.5 4l2.5 -4"/>`);
    }
    return ticks;
  });
}

function missMark(
  schedule: Schedule,
  { task, index, due, endedAt }: Job & { readonly endedAt: number | undefined },
  { format }: GanttWords,
): string[] {
  const x = xOf(schedule, due);
  const y = yOf(schedule.workers + task) + barHeight / 2;
  const ended = endedAt === undefined ? 'not done' : `done at ${format(endedAt)}`;
  const says = `${schedule.tasks[task]!.name}, job ${index + 1}: missed its deadline at ${format(due)}, ${ended}`;
  return [
    `<path class="miss" d="M${x - 6} ${y - 6}l12 12m0 -12l-12 12"><title>${escapeXml(says)}</title></path>`,
    `<text class="miss-word" x="${x + 9}" y="${y - 8}">miss</text>`,
  ];
}

function legend(y: number): string {
  return `<text class="small" x="${labelWidth}" y="${y}">Arrow up: a job arrives. Arrow down: it is due. Cross: it was not done by then.</text>`;
}
