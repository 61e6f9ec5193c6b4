/**
 * A set of tasks as it stands in a file: `tasks: [{ name, cost, period, deadline?, jitter?, priority? }, …]`. Unknown
 * keys are errors; every problem is told with its path.
 */
import { SluiceError } from '../../kernel/index.js';
import { parseNanoseconds, unitFor, type TimeUnit } from './exact-time.js';
import { completeTasks, refuseAny, tasksMax, type Task } from './task.js';

/** The tasks in whole units, and the unit. */
export interface TaskSet {
  readonly tasks: Task[];
  readonly unit: TimeUnit;
}

type Row = Readonly<Record<string, unknown>>;

const timeFields = ['cost', 'period', 'deadline', 'jitter'] as const;
const requiredFields: ReadonlySet<string> = new Set(['name', 'cost', 'period']);
const fields: ReadonlySet<string> = new Set(['name', 'priority', ...timeFields]);
const nameLengthMax = 200;

/**
 * Reads a parsed YAML or JSON document.
 * @throws SluiceError 'bad-input' that lists what is wrong, each with its path.
 */
export function readTaskSet(document: unknown): TaskSet {
  if (!isRow(document) || !Array.isArray(document['tasks']))
    return refuse('the document must be a mapping with a list of tasks: tasks: [{ name, cost, period }]');
  refuseAny(
    Object.keys(document)
      .filter((key) => key !== 'tasks')
      .map((key) => `${key}: is unknown`),
  );
  const rows: readonly unknown[] = document['tasks'];
  if (rows.length > tasksMax)
    return refuse(`tasks: there are ${rows.length}; at most ${tasksMax} can be analysed`);
  const problems: string[] = [];
  const times = rows.map((row, index) => readRow(row, `tasks[${index}]`, problems));
  refuseAny(problems);
  const unit = unitFor(times.flatMap((each) => [...each.values()]));
  const tasks = times.map((each, index) => ({
    ...textOf(rows[index] as Row),
    ...(Object.fromEntries([...each].map(([field, time]) => [field, Number(time / unit.nanoseconds)])) as {
      cost: number;
      period: number;
    }),
  }));
  return { tasks: completeTasks(tasks), unit };
}

function refuse(problem: string): never {
  throw new SluiceError('bad-input', problem);
}

function isRow(value: unknown): value is Row {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textOf(row: Row): { name: string; priority?: number } {
  const { name, priority } = row as { name: string; priority?: number | null };
  return priority === undefined || priority === null ? { name } : { name, priority };
}

/** The times of one task; what is wrong with it goes into `problems`. */
function readRow(row: unknown, path: string, problems: string[]): ReadonlyMap<string, bigint> {
  const times = new Map<string, bigint>();
  if (!isRow(row)) {
    problems.push(`${path}: must be a mapping such as { name: a, cost: 1, period: 4 }`);
    return times;
  }
  problems.push(...fieldProblems(row).map((problem) => `${path}.${problem}`));
  for (const field of timeFields) {
    if (row[field] === undefined || row[field] === null) continue;
    const time = parseNanoseconds(row[field]);
    if (typeof time === 'bigint') times.set(field, time);
    else problems.push(`${path}.${field}: ${time}`);
  }
  return times;
}

function fieldProblems(row: Row): string[] {
  const unknown = Object.keys(row).filter((key) => !fields.has(key));
  const missing = [...requiredFields].filter((key) => row[key] === undefined || row[key] === null);
  const { name, priority } = row as { name?: unknown; priority?: unknown };
  const problems = [
    ...unknown.map((key) => `${key}: is unknown`),
    ...missing.map((key) => `${key}: is missing`),
  ];
  const isNamed = typeof name === 'string' && name !== '' && name.length <= nameLengthMax;
  if (!missing.includes('name') && !isNamed)
    problems.push(`name: must be a text of 1 to ${nameLengthMax} characters`);
  if (priority !== undefined && priority !== null && !Number.isFinite(priority))
    problems.push('priority: must be a number');
  return problems;
}
