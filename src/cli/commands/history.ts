/** `sluice history SERIES…`: how figures went, each as a line of bars and a table, JSON or CSV. */
import type { Command } from 'commander';
import { systemClock } from '../../kernel/index.js';
import type { SeriesAnswer } from '../../operations/index.js';
import { labelsIn, withLabels, type LabelOptions } from '../label-options.js';
import { duration, durationOption } from '../option-values.js';
import { withServer, type ServerCalls } from '../server-call.js';
import type { Shell } from '../shell.js';
import { condensed, sparkline } from '../sparkline.js';
import { formatTable, type Column } from '../table.js';

interface HistoryOptions extends LabelOptions {
  readonly since: number;
  readonly step?: number;
  readonly csv?: boolean;
}

/** A point of a series. */
interface Point {
  readonly second: number;
  readonly stepSeconds: number;
  readonly value: number | null;
  readonly least: number | null | undefined;
  readonly greatest: number | null | undefined;
}

const barsMax = 72;
const rowsMax = 24;

const columns: readonly Column<Point>[] = [
  { title: 'from', of: ({ second }) => timeOf(second) },
  { title: 'for', of: ({ stepSeconds }) => `${stepSeconds} s`, align: 'right' },
  { title: 'value', of: ({ value }) => numberText(value), align: 'right' },
  { title: 'least', of: ({ least }) => numberText(least), align: 'right' },
  { title: 'greatest', of: ({ greatest }) => numberText(greatest), align: 'right' },
];

function timeOf(second: number): string {
  return new Date(second * 1_000).toISOString().replace('.000Z', 'Z');
}

function numberText(value: number | null | undefined): string {
  if (value === null) return 'unknown';
  return value === undefined ? '' : value.toLocaleString('en-US', { maximumFractionDigits: 6 });
}

function pointsOf({ stretches }: SeriesAnswer): Point[] {
  return stretches.flatMap(({ startSecond, stepSeconds, values, least, greatest }) =>
    values.map((value, index) => ({
      ...{ second: startSecond + index * stepSeconds, stepSeconds, value },
      ...{ least: least?.[index], greatest: greatest?.[index] },
    })),
  );
}

function csvOf(points: readonly Point[]): string {
  const cell = (value: number | null | undefined): string => (value ?? '').toString();
  const lines = points.map(({ second, stepSeconds, value, least, greatest }) =>
    [timeOf(second), stepSeconds, cell(value), cell(least), cell(greatest)].join(','),
  );
  return `${['from,seconds,value,least,greatest', ...lines].join('\n')}\n`;
}

function unitOf({ unit, isRate }: SeriesAnswer): string {
  return isRate ? `${unit} a second` : unit;
}

/** One as CSV has no name in it; several are told apart by a first column. */
function csvOfAll(answers: readonly SeriesAnswer[]): string {
  const [first, ...others] = answers.map((answer) => csvOf(pointsOf(answer)));
  if (others.length === 0) return first!;
  const [header] = first!.split('\n', 1);
  const lines = answers.flatMap((answer) =>
    csvOf(pointsOf(answer))
      .split('\n')
      .slice(1, -1)
      .map((line) => `${answer.series},${line}`),
  );
  return `${[`series,${header!}`, ...lines].join('\n')}\n`;
}

async function print(shell: Shell, answer: SeriesAnswer): Promise<void> {
  const points = pointsOf(answer);
  const values = points.map(({ value }) => value);
  if (values.every((value) => value === null)) {
    await shell.say('Nothing is known of it in that time.');
    return;
  }
  await shell.say(`${answer.series} of ${Object.values(answer.labels).join(' ')}, in ${unitOf(answer)}`);
  await shell.say(sparkline(condensed(values, barsMax)));
  const known = points.filter(({ value }) => value !== null);
  await shell.out.write(await formatTable(shell.out, columns, known.slice(-rowsMax)));
  if (known.length > rowsMax)
    await shell.say(`The last ${rowsMax} of ${known.length} known points; --csv or --json gives them all.`);
  if (answer.stretches.some(({ isCoarser }) => isCoarser))
    await shell.say('Further back only coarser points are kept.');
}

/** Reads them over one connection, all with the same end. */
async function readAll(
  server: ServerCalls,
  names: readonly string[],
  rest: object,
): Promise<readonly SeriesAnswer[]> {
  const answers: SeriesAnswer[] = [];
  for (const series of names) answers.push(await server.call('series.read', { series, ...rest }));
  return answers;
}

/** Defines the command. */
export function define(command: Command, shell: Shell): void {
  withLabels(command.argument('<series...>', 'figures, such as messages_ready; sluice figures names them'))
    .addOption(durationOption('--since <time>', 'how far back', '1h'))
    .option('--step <time>', 'the length of a point', duration)
    .option('--csv', 'print as CSV')
    .action(async (names: string[], options: HistoryOptions) => {
      const { since, step, csv } = options;
      const now = Math.ceil(systemClock().now() / 1_000);
      const rest = {
        ...{ ...labelsIn(options), to: now, from: now - Math.ceil(since / 1_000) },
        ...(step === undefined ? {} : { step: Math.max(1, Math.round(step / 1_000)) }),
      };
      const answers = await withServer(command, shell, (server) => readAll(server, names, rest));
      if (shell.isJson(command)) await shell.sayJson(answers.length === 1 ? answers[0] : answers);
      else if (csv === true) await shell.out.write(csvOfAll(answers));
      else for (const answer of answers) await print(shell, answer);
    });
}
