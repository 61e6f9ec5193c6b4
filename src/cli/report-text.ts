/** A report for people: a heading and lines for each part; parts about which there is nothing say so. */
import {
  figureText,
  momentText,
  remedyLine,
  subjectText,
  type EngineAvailability,
  type OwnerUsage,
  type Report,
  type ReportedAct,
  type ReportedLine,
  type Risk,
} from '../alerts/index.js';
import { formatDuration } from '../config/index.js';
import type { Shell } from './shell.js';
import { formatTable, type Column } from './table.js';
import { singleLine } from './text.js';

function section(title: string, lines: readonly string[], none: string): string {
  const shown = lines.length === 0 ? [none] : lines;
  return [`\n${title}`, ...shown.map((line) => `  ${singleLine(line)}`)].join('\n');
}

const daysText = (days: number): string => figureText(days * 86_400, 'seconds');

function riskLine({ kind, text, subject, days }: Risk): string {
  const what =
    subject === undefined || text.includes(subjectText(subject)) ? '' : `${subjectText(subject)}: `;
  return `${what}${text}${days === undefined ? '' : `, in ${daysText(days)}`} (${kind})`;
}

function lineText({ atMs, incident, text, by }: ReportedLine): string {
  return `${momentText(atMs)}  ${incident}  ${text}${by === undefined ? '' : ` (${by})`}`;
}

function incidentLines({ incidents }: Report): string[] {
  return incidents.flatMap(({ id, title, severity, state, openedMs, resolvedMs, causes, acknowledgedBy }) => [
    `${id}  ${state}, ${severity}, opened ${momentText(openedMs)}: ${title}`,
    ...(resolvedMs === undefined ? [] : [`  resolved after ${formatDuration(resolvedMs - openedMs)}`]),
    ...(acknowledgedBy === undefined ? [] : [`  acknowledged by ${acknowledgedBy}`]),
    ...(causes[0] === undefined ? ['  no cause is known'] : [`  likely: ${causes[0]}`]),
  ]);
}

/** One line of how available an engine was. */
export function engineLine(engine: EngineAvailability): string {
  const { availability, failures, recoverySeconds, unknownSeconds, measuredBy } = engine;
  const parts = [
    availability === undefined
      ? 'availability unknown'
      : `${(Math.floor(availability * 100_000) / 1_000).toString()} % available`,
    `${failures} failures`,
    ...(recoverySeconds === undefined
      ? []
      : [`recovered in ${figureText(recoverySeconds, 'seconds')} on average`]),
    ...(unknownSeconds < 1 ? [] : [`${figureText(unknownSeconds, 'seconds')} unknown`]),
    measuredBy === 'probe' ? 'by probe messages' : 'by whether it answers',
  ];
  return `${engine.engine}: ${parts.join(', ')}`;
}

function ownerColumns(currency: string | undefined): readonly Column<OwnerUsage>[] {
  const count = (value: number | undefined): string =>
    value === undefined ? 'unknown' : value.toLocaleString('en-US');
  return [
    { title: 'owner', of: ({ owner }) => owner },
    { title: 'queues', of: ({ queues }) => queues, align: 'right' },
    { title: 'published', of: ({ published }) => count(published), align: 'right' },
    { title: 'acknowledged', of: ({ acknowledged }) => count(acknowledged), align: 'right' },
    { title: 'bytes held', of: ({ bytesMean }) => figureText(bytesMean, 'bytes'), align: 'right' },
    { title: 'at most', of: ({ bytesPeak }) => figureText(bytesPeak, 'bytes'), align: 'right' },
    { title: 'connections', of: ({ connections }) => connections, align: 'right' },
    {
      title: 'to limit',
      of: ({ daysToLimit }) => (daysToLimit === undefined ? undefined : daysText(daysToLimit)),
      align: 'right',
    },
    {
      title: 'cost',
      of: ({ cost }) =>
        cost === undefined ? undefined : `${cost.toFixed(2)}${currency === undefined ? '' : ` ${currency}`}`,
      align: 'right',
    },
    { title: 'known', of: ({ knownShare }) => figureText(knownShare, 'ratio'), align: 'right' },
  ];
}

const actColumns: readonly Column<ReportedAct>[] = [
  {
    title: 'time',
    of: ({ fromMs, toMs }) =>
      momentText(fromMs) === momentText(toMs)
        ? momentText(toMs)
        : `${momentText(fromMs)} – ${momentText(toMs)}`,
  },
  { title: 'who', of: ({ actor }) => actor },
  { title: 'act', of: ({ event, count }) => (count === 1 ? event : `${event} × ${count}`) },
  {
    title: 'on',
    of: ({ subject, others }) => (others === 0 ? subject : `${subject} and ${others} more`),
  },
  {
    title: 'outcome',
    of: ({ outcome, reason }) => (reason === undefined ? outcome : `${outcome}: ${reason}`),
  },
];

async function printActs(shell: Shell, { acts, actsRefused, actsLeftOut = 0 }: Report): Promise<void> {
  await shell.say('\nActs');
  if (acts === undefined || acts.length === 0) await shell.say(`  ${singleLine(actsRefused ?? 'none')}`);
  else await shell.out.write(await formatTable(shell.out, actColumns, acts));
  if (actsLeftOut > 0) await shell.say(`  and ${actsLeftOut} before them: sluice audit list`);
}

/** Prints a report. */
export async function printReport(shell: Shell, report: Report): Promise<void> {
  const { silences, remediesDone, remediesPending, notificationsFailed, engines, owners } = report;
  await shell.say(`From ${momentText(report.fromMs)} to ${momentText(report.toMs)}`);
  const sections = [
    section('Incidents', incidentLines(report), 'none'),
    section('Open risks', report.risks.map(riskLine), 'none that are known'),
    section(
      'Silences',
      silences.map(({ id, match, toMs, by, reason }) => {
        const matched = Object.entries(match).map(([name, value]) => `${name}=${value}`);
        return `${id}  ${matched.join(' ')}, until ${momentText(toMs)}, by ${by}: ${reason}`;
      }),
      'none',
    ),
    section('Remedies done', remediesDone.map(lineText), 'none'),
    section(
      'Remedies that would help',
      remediesPending.map((remedy) => `${remedy.incident}  ${remedyLine(remedy)}`),
      'none',
    ),
    section('Notifications that failed', notificationsFailed.map(lineText), 'none'),
    section('Engines', engines.map(engineLine), 'nothing is known of any'),
    section('Not known', report.unknown, 'nothing that should be'),
  ];
  await shell.say(sections.join('\n'));
  await printActs(shell, report);
  await shell.say('\nBy owner');
  if (owners.length === 0) await shell.say('  no queues and connections are known');
  else await shell.out.write(await formatTable(shell.out, ownerColumns(report.currency), owners));
}
