/** What of all queues the plots show: an engine as a whole, or one virtual host. It stands in the address. */
export interface Scope {
  readonly engine: string;
  /** Undefined: all of them. */
  readonly vhost: string | undefined;
}

/** The engine of the server itself, as labels name it. */
export const ownEngine = 'embedded';

interface Given {
  readonly engine?: string | undefined;
  readonly vhost?: string | undefined;
}

/**
 * The scope that an address names. Whoever does not see everything sees one virtual host: the one named, or the first
 * that they may enter; undefined: there is none.
 */
export function scopeOf(
  { engine, vhost }: Given,
  seesAll: boolean,
  vhosts: readonly string[],
): Scope | undefined {
  if (seesAll) return { engine: engine ?? ownEngine, vhost: engine === undefined ? vhost : undefined };
  const own = vhost ?? (vhosts.includes('/') ? '/' : vhosts[0]);
  return own === undefined ? undefined : { engine: ownEngine, vhost: own };
}

/** The series of a scope, by the name that both kinds of sums have. */
export function seriesOf({ vhost }: Scope, name: string): string {
  return `sluice_${vhost === undefined ? 'engine' : 'vhost'}_${name}`;
}

/** The labels of its series. */
export function labelsOf({ engine, vhost }: Scope): Readonly<Record<string, string>> {
  return vhost === undefined ? { engine } : { engine, vhost };
}
