/** Incidents as people read them. Invariant: the command of a remedy works as it stands, pasted into the same shell. */
import type { Command } from 'commander';
import { figureText, remedyLine, type Cause, type Incident } from '../alerts/index.js';
import { formatDuration } from '../config/index.js';
import type { GlobalOptions } from './shell.js';
import { singleLine } from './text.js';

/** What `command` was told to find its server, for a command that somebody runs after it. */
export function serverOptions(command: Command): readonly string[] {
  const { data, config } = command.optsWithGlobals<GlobalOptions>();
  return [
    ...(data === undefined ? [] : [`--data ${shellWord(data)}`]),
    ...(config === undefined ? [] : [`--config ${shellWord(config)}`]),
  ];
}

function shellWord(text: string): string {
  return /^[\w./:@-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

function momentOf(ms: number): string {
  return new Date(ms).toISOString().replace('T', ' ').slice(0, 19);
}

/** A cause with its evidence and remedies, a line each. */
function causeLines(
  { title, explanation, score, evidence, remedies }: Cause,
  options: readonly string[],
  figures: readonly string[] = [],
): readonly string[] {
  const marks = { for: '+', against: '-', unknown: '?' } as const;
  return [
    `${title} (${Math.round(score * 100)} %)`,
    ...(explanation === undefined ? [] : [`  ${explanation}`]),
    ...evidence.map(({ speaks, text }) => `  ${marks[speaks]} ${text}`),
    ...figures.map((figure) => `  ${figure}`),
    ...remedies.map((remedy) => `  > ${remedyLine(remedy, options)}`),
  ];
}

/** Longer ones are whole formulas: no figure that anybody knows. */
const seriesLengthMax = 80;

/** The figures behind a cause, each once. */
function figureLines({ evidence }: Cause): readonly string[] {
  const found = new Map<string, string>();
  for (const { series, value, unit } of evidence.flatMap(({ readings }) => readings))
    if (series.length <= seriesLengthMax) found.set(series, figureText(value, unit));
  return [...found].map(([series, text]) => `= ${series}  ${text}`);
}

/** An incident in a few lines: what, since when, the first cause. */
export function incidentHead(
  {
    id,
    severity,
    state,
    title,
    openedMs,
    resolvedMs,
    causes,
  }: Pick<Incident, 'id' | 'severity' | 'state' | 'title' | 'openedMs' | 'resolvedMs' | 'causes'>,
  nowMs: number,
  options: readonly string[] = [],
): readonly string[] {
  const lasted = formatDuration((resolvedMs ?? nowMs) - openedMs);
  const since =
    resolvedMs === undefined ? `for ${lasted}` : `${formatDuration(nowMs - resolvedMs)} ago, after ${lasted}`;
  const [first] = causes;
  return [
    `${id}  ${severity}  ${state === 'acknowledged' ? 'acknowledged, open' : state} ${since}  ${title}`,
    ...(first === undefined
      ? []
      : causeLines(first, [`--incident ${id}`, ...options]).map((line) => `  ${line}`)),
  ].map(singleLine);
}

/** The whole of it. */
export function incidentLines(
  incident: Incident,
  nowMs: number,
  options: readonly string[] = [],
): readonly string[] {
  const remedied = [`--incident ${incident.id}`, ...options];
  const { alerts, causes, timeline, acknowledgedBy } = incident;
  const open = alerts.filter(({ state }) => state !== 'resolved').length;
  return [
    ...incidentHead({ ...incident, causes: [] }, nowMs),
    ...(acknowledgedBy === undefined ? [] : [`acknowledged by ${acknowledgedBy}`]),
    '',
    `Alerts (${open} of ${alerts.length} open)`,
    ...alerts.slice(0, 20).map(({ state, summary, condition }) => `  ${state}  ${summary} (${condition})`),
    '',
    causes.length === 0 ? 'No cause is known' : 'Causes, the likeliest first',
    ...causes.flatMap((cause) => causeLines(cause, remedied, figureLines(cause)).map((line) => `  ${line}`)),
    '',
    'Timeline',
    ...timeline.map(({ atMs, kind, text, by }) =>
      `  ${momentOf(atMs)}  ${kind}${by === undefined ? '' : ` by ${by}`}  ${text}`.trimEnd(),
    ),
  ].map(singleLine);
}
