/** What is looked for in a queue, as the address, the request and the command line write it. */
import { command } from '../../parts/ways.ts';
import type { EngineSource } from '../../server/engine-source.ts';

/** The fields of the form; each is in the address under its name, and an empty one asks for nothing. */
export interface Filter {
  /** `name=value; name=value`. */
  readonly header: string;
  readonly property: string;
  readonly key: string;
  readonly body: string;
  readonly state: string;
  /** As `<input type="datetime-local">` writes it: in the time of the browser. */
  readonly arrivedFrom: string;
  readonly arrivedUntil: string;
  /** `yes`, or empty. */
  readonly ignoreCase: string;
}

const filterNames = [
  'header',
  'property',
  'key',
  'body',
  'state',
  'arrivedFrom',
  'arrivedUntil',
  'ignoreCase',
] as const satisfies readonly (keyof Filter)[];

export const messageStates = ['ready', 'unacknowledged', 'delayed', 'gated', 'held'] as const;

export function filterIn(query: Readonly<Record<string, string>>): Filter {
  const entries = filterNames.map((name) => [name, Object.hasOwn(query, name) ? query[name]! : ''] as const);
  return Object.fromEntries(entries) as Record<keyof Filter, string>;
}

/** The fields as the API takes them, in a query or below `where`. */
export interface Where {
  readonly header?: readonly string[];
  readonly property?: readonly string[];
  readonly key?: string;
  readonly body?: string;
  readonly state?: string;
  readonly arrivedFromMs?: number;
  readonly arrivedUntilMs?: number;
  readonly ignoreCase?: boolean;
}

export function whereOf(filter: Filter): Where {
  const [header, property] = [listed(filter.header), listed(filter.property)];
  const [fromMs, untilMs] = [Date.parse(filter.arrivedFrom), Date.parse(filter.arrivedUntil)];
  return {
    ...(header.length === 0 ? {} : { header }),
    ...(property.length === 0 ? {} : { property }),
    ...(filter.key === '' ? {} : { key: filter.key }),
    ...(filter.body === '' ? {} : { body: filter.body }),
    ...(filter.state === '' ? {} : { state: filter.state }),
    ...(Number.isNaN(fromMs) ? {} : { arrivedFromMs: fromMs }),
    ...(Number.isNaN(untilMs) ? {} : { arrivedUntilMs: untilMs }),
    ...(filter.ignoreCase === 'yes' ? { ignoreCase: true } : {}),
  };
}

function listed(text: string): string[] {
  return text
    .split(';')
    .map((each) => each.trim())
    .filter((each) => each !== '');
}

export function asksNothing(where: Where): boolean {
  return Object.keys(where).every((name) => name === 'ignoreCase');
}

/** The command line's options for it. */
function options(where: Where): string[] {
  const pairs: [string, string | undefined][] = [
    ...(where.header ?? []).map((each): [string, string] => ['--header', each]),
    ...(where.property ?? []).map((each): [string, string] => ['--property', each]),
    ['--key', where.key],
    ['--body', where.body],
    ['--state', where.state],
    ['--arrived-from', momentOf(where.arrivedFromMs)],
    ['--arrived-until', momentOf(where.arrivedUntilMs)],
  ];
  const words = pairs.flatMap(([name, value]) => (value === undefined ? [] : [name, value]));
  return where.ignoreCase === true ? [...words, '--ignore-case'] : words;
}

function momentOf(ms: number | undefined): string | undefined {
  return ms === undefined ? undefined : new Date(ms).toISOString();
}

export function searchCommand(source: EngineSource, vhost: string, queue: string, where: Where): string {
  return source.command(['queue', 'search'], 'search', queue, '--vhost', vhost, ...options(where));
}

/** `positions`: these messages; else those that are looked for. */
export function moveCommand(
  vhost: string,
  queue: string,
  to: string,
  what: Where | readonly number[],
): string {
  const words = isPositions(what) ? ['--position', what.join(',')] : options(what);
  return command('queue', 'move', queue, '--vhost', vhost, '--to', to, ...words);
}

export function isPositions(what: Where | readonly number[]): what is readonly number[] {
  return Array.isArray(what);
}
