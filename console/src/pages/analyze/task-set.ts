/**
 * The task set of the form: as it is typed, as it stands in the address, and as the server and the command line take it.
 * Invariant: an address that nobody here has made gives what can be read of it, within the bounds. Pure.
 */
export const policies = ['edf', 'rm', 'dm', 'fixed'] as const;
export type Policy = (typeof policies)[number];

export const fields = ['name', 'cost', 'period', 'deadline', 'jitter', 'priority'] as const;
export type Field = (typeof fields)[number];

/** A row of the form: texts as typed; empty: left out. */
export type Row = Readonly<Record<Field, string>>;

export const switches = ['preemptive', 'holdBack', 'partitioned', 'learned'] as const;
export type Switch = (typeof switches)[number];

export interface TaskSet extends Readonly<Record<Switch, boolean>> {
  readonly rows: readonly Row[];
  readonly policy: Policy;
  readonly workers: number;
}

export const rowsMax = 50;
export const workersMax = 1_000;
const textLengthMax = 100;

export const emptyRow: Row = { name: '', cost: '', period: '', deadline: '', jitter: '', priority: '' };

/** A row from its texts in the order of `fields`. */
export function rowOf(...texts: readonly string[]): Row {
  return Object.fromEntries(
    fields.map((field, index) => [field, (texts[index] ?? '').slice(0, textLengthMax)]),
  ) as Row;
}

export function setOf(rows: readonly Row[], more: Partial<Omit<TaskSet, 'rows'>> = {}): TaskSet {
  const plain = { preemptive: false, holdBack: false, partitioned: false, learned: false };
  return { rows, policy: 'edf', workers: 1, ...plain, ...more };
}

/** A text in which the separators `~` and `;` stand for themselves no more. */
function escaped(text: string): string {
  return text.replace(/[~;!]/g, (sign) => ({ '~': '!t', ';': '!s', '!': '!!' })[sign]!);
}

function unescaped(text: string): string {
  return text.replace(/!([ts!])/g, (_, sign: string) => ({ t: '~', s: ';', '!': '!' })[sign]!);
}

/** What the address says: `tasks=charge~3~10;report~8~60`, and how they are served where that is not as usual. */
export function addressOf({ rows, policy, workers, ...flags }: TaskSet): Record<string, string> {
  const lines = rows.map((row) =>
    fields
      .map((field) => escaped(row[field]))
      .join('~')
      .replace(/~+$/, ''),
  );
  return {
    // One empty row is a set too.
    tasks: lines.join(';') || '~',
    policy: policy === 'edf' ? '' : policy,
    workers: workers === 1 ? '' : String(workers),
    ...Object.fromEntries(switches.map((name) => [name, flags[name] ? '1' : ''])),
  };
}

/** Undefined: the address names no tasks. */
export function setFrom(query: Readonly<Record<string, string>>): TaskSet | undefined {
  const { tasks = '' } = query;
  if (tasks === '') return undefined;
  const rows = tasks
    .split(';')
    .slice(0, rowsMax)
    .map((line) => rowOf(...line.split('~').map(unescaped)));
  const workers = Number(query['workers'] ?? 1);
  return setOf(rows, {
    policy: policies.find((name) => name === query['policy']) ?? 'edf',
    workers: Number.isInteger(workers) && workers >= 1 && workers <= workersMax ? workers : 1,
    ...(Object.fromEntries(switches.map((name) => [name, query[name] === '1'])) as Record<Switch, boolean>),
  });
}

/** A text that is a number goes as one; anything else as it is, for the server to judge. */
function valueOf(text: string): string | number {
  return /^\d+(\.\d+)?$/.test(text) ? Number(text) : text;
}

/** The tasks as a file has them: what was left out is absent. */
export function documentOf({ rows }: TaskSet): {
  readonly tasks: readonly Record<string, string | number>[];
} {
  return {
    tasks: rows.map((row) =>
      Object.fromEntries(
        fields
          .map((field) => [field, row[field].trim()] as const)
          .filter(([, text]) => text !== '')
          .map(([field, text]) => [field, field === 'name' ? text : valueOf(text)]),
      ),
    ),
  };
}

/** What the API is asked. */
export function requestOf(set: TaskSet): Record<string, unknown> {
  const { policy, workers, preemptive, holdBack, partitioned, learned } = set;
  return {
    ...documentOf(set),
    ...{ policy, workers, preemptive, holdBack, partitioned, learned, schedule: true },
  };
}

/** The words of `sluice analyze` on such a file. */
export function commandWords({ policy, workers, ...flags }: TaskSet, file: string): string[] {
  return [
    ...['analyze', file],
    ...(policy === 'edf' ? [] : ['--policy', policy]),
    ...(workers === 1 ? [] : ['--workers', String(workers)]),
    ...switches.filter((name) => flags[name]).map((name) => `--${name === 'holdBack' ? 'hold-back' : name}`),
  ];
}
