/** The arguments with which queues and exchanges are declared. Invariant: what is left empty is not sent. */
export type ArgumentKind =
  | { readonly kind: 'number' }
  | { readonly kind: 'text' }
  | { readonly kind: 'yes' }
  | { readonly kind: 'json' }
  | { readonly kind: 'choice'; readonly choices: readonly string[] };

export interface Argument<Name extends string = string> {
  readonly name: Name;
  readonly kind: ArgumentKind;
}

const number = { kind: 'number' } as const;
const text = { kind: 'text' } as const;
const yes = { kind: 'yes' } as const;
const json = { kind: 'json' } as const;
const choice = <const Choices extends readonly string[]>(...choices: Choices) =>
  ({ kind: 'choice', choices }) as const;

export const queueArguments = [
  { name: 'x-queue-type', kind: choice('classic', 'quorum') },
  { name: 'x-order', kind: choice('fifo', 'priority', 'deadline', 'rate-monotonic', 'laxity') },
  { name: 'x-max-priority', kind: number },
  { name: 'x-max-length', kind: number },
  { name: 'x-max-length-bytes', kind: number },
  { name: 'x-overflow', kind: choice('drop-head', 'reject-publish', 'reject-publish-dlx') },
  { name: 'x-message-ttl', kind: number },
  { name: 'x-expires', kind: number },
  { name: 'x-dead-letter-exchange', kind: text },
  { name: 'x-dead-letter-routing-key', kind: text },
  { name: 'x-delivery-limit', kind: number },
  { name: 'x-single-active-consumer', kind: yes },
  { name: 'x-concurrency', kind: number },
  { name: 'x-rate-limit', kind: json },
  { name: 'x-fair', kind: json },
  { name: 'x-message-index', kind: yes },
] as const satisfies readonly Argument[];

export const exchangeArguments = [
  { name: 'alternate-exchange', kind: text },
  {
    name: 'x-delayed-type',
    kind: choice('direct', 'fanout', 'topic', 'headers'),
  },
] as const satisfies readonly Argument[];

export type ArgumentName =
  (typeof queueArguments)[number]['name'] | (typeof exchangeArguments)[number]['name'];

/** As they are typed, by name. */
export type Typed = Readonly<Record<string, string | boolean | undefined>>;

/** The arguments as they are sent, and the names of those that are not as they should be. */
export function argumentsOf(
  known: readonly Argument[],
  typed: Typed,
): { readonly table: Readonly<Record<string, unknown>>; readonly wrong: readonly string[] } {
  const table: Record<string, unknown> = {};
  const wrong: string[] = [];
  for (const { name, kind } of known) {
    const given = typed[name];
    if (given === undefined || given === false || given === '') continue;
    const value = given === true ? true : read(kind, given);
    if (value === undefined) wrong.push(name);
    else table[name] = value;
  }
  return { table, wrong };
}

function read(kind: ArgumentKind, given: string): unknown {
  if (kind.kind === 'number') return /^\d{1,15}$/.test(given.trim()) ? Number(given) : undefined;
  if (kind.kind !== 'json') return given;
  try {
    const value: unknown = JSON.parse(given);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The same arguments for the command line. */
export function argumentWords(table: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(table).flatMap(([name, value]) => [
    '-a',
    `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  ]);
}
