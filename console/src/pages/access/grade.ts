/** How much a permission's pattern lets through, as far as it can be told without trying names. */
export type Grade = 'none' | 'some' | 'all';

/** Spellings of "any name" and of "no name" that people write; another pattern may well mean the same. */
const all = new Set(['.*', '^.*', '.*$', '^.*$', '.+', '^.+$', '^']);
const none = new Set(['', '^$']);

/** The grade of a pattern; undefined: there is no permission. */
export function gradeOf(pattern: string | undefined): Grade {
  if (pattern === undefined || none.has(pattern)) return 'none';
  return all.has(pattern) ? 'all' : 'some';
}

export interface Rights {
  readonly configure: string;
  readonly write: string;
  readonly read: string;
}

export const rightNames = ['configure', 'write', 'read'] as const;

export interface HeldRights extends Rights {
  readonly user: string;
  readonly vhost: string;
}

/** What was granted, by user and virtual host. Names are strangers' texts, so keys are joined by what no name holds. */
export function byUserAndVhost<Held extends { readonly user: string; readonly vhost: string }>(
  held: readonly Held[],
): ReadonlyMap<string, readonly Held[]> {
  const cells = new Map<string, Held[]>();
  for (const each of held) {
    const key = cellKey(each.user, each.vhost);
    const cell = cells.get(key);
    if (cell === undefined) cells.set(key, [each]);
    else cell.push(each);
  }
  return cells;
}

export function cellKey(user: string, vhost: string): string {
  return JSON.stringify([user, vhost]);
}
