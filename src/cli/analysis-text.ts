/** An analysis of deadlines as people read it. */
import {
  testTitles,
  timeFormat,
  type Analysis,
  type TaskAnalysis,
  type TaskSet,
} from '../scheduling/index.js';
import type { Output } from './shell.js';
import { formatTable, type Column } from './table.js';
import { singleLine } from './text.js';

/** One row of the table. */
interface Row extends TaskAnalysis {
  readonly task: TaskSet['tasks'][number];
}

function columnsFor(set: TaskSet): Column<Row>[] {
  const format = timeFormat(set);
  const known = (time: number | undefined): string => (time === undefined ? '-' : format(time));
  return [
    { title: 'task', of: ({ name }) => name },
    { title: 'cost', of: ({ task }) => format(task.cost), align: 'right' },
    { title: 'period', of: ({ task }) => format(task.period), align: 'right' },
    { title: 'deadline', of: ({ task }) => format(task.deadline), align: 'right' },
    { title: 'response', of: ({ responseMax }) => known(responseMax), align: 'right' },
    { title: 'slack', of: ({ slack }) => known(slack), align: 'right' },
    { title: 'cost up to', of: ({ costMax }) => known(costMax), align: 'right' },
    { title: 'meets it', of: ({ schedulable }) => schedulable },
  ];
}

function verdictLine({ schedulable, inconclusive, exact, confidence, test }: Analysis): string {
  const by = `${testTitles[test]}, ${exact ? 'exact' : 'sufficient only'}`;
  const basis = confidence === 'statistical' ? ', from learned costs' : '';
  if (schedulable) return `Schedulable (${by}${basis}).`;
  if (inconclusive !== undefined) return `Inconclusive (${by}${basis}).`;
  return exact ? `Not schedulable (${by}${basis}).` : `Not shown to be schedulable (${by}${basis}).`;
}

function figureLines(analysis: Analysis): string[] {
  const { utilisation, fewestWorkers, costFactorMax, partition, bounds } = analysis;
  const factor =
    costFactorMax === undefined ? [] : [`all costs together up to ${costFactorMax} times what they are`];
  const workers = fewestWorkers === undefined ? [] : [`fewest workers: ${fewestWorkers}`];
  return [
    `${[`Utilisation ${utilisation.toFixed(3)}`, ...workers, ...factor].join('; ')}.`,
    ...bounds.map(
      ({ name, value, limit, passes }) =>
        `Bound ${name}: ${value.toFixed(4)} ${passes ? 'is within' : 'is over'} ${limit.toFixed(4)}.`,
    ),
    ...(partition ?? []).map((names, worker) => `Worker ${worker + 1}: ${names.join(', ')}.`),
  ];
}

/** The table, the verdict, its cause and what would help. */
export async function analysisText(output: Output, set: TaskSet, analysis: Analysis): Promise<string> {
  const rows = analysis.tasks.map((row, index) => ({ ...row, task: set.tasks[index]! }));
  const lines = [
    verdictLine(analysis),
    analysis.cause,
    ...figureLines(analysis),
    `Supposed: ${analysis.supposes}`,
    ...(analysis.advice.length === 0 ? [] : ['What would help, each alone:']),
    ...analysis.advice.map((sentence) => `  ${sentence}`),
  ];
  const table = await formatTable(output, columnsFor(set), rows);
  return `${table}\n${lines.map(singleLine).join('\n')}\n`;
}
