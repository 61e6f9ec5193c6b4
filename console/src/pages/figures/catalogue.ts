/** The catalogue as the server tells it, and how it is searched. Pure. */
export interface Metric {
  readonly name: string;
  readonly help: string;
  readonly unit: string;
  readonly kind: string;
}

export interface Kind {
  readonly name: string;
  readonly labels: readonly string[];
  readonly metrics: readonly Metric[];
}

/** A metric and the kind of object that it is of; undefined: there is none of that name. */
export function metricNamed(
  kinds: readonly Kind[],
  name: string,
): { readonly kind: Kind; readonly metric: Metric } | undefined {
  for (const kind of kinds) {
    const metric = kind.metrics.find((each) => each.name === name);
    if (metric !== undefined) return { kind, metric };
  }
  return undefined;
}

/** Kinds with those of their metrics that have the text in their name or meaning. */
export function matching(kinds: readonly Kind[], text: string): readonly Kind[] {
  const sought = text.trim().toLowerCase();
  return kinds
    .map((kind) => ({
      ...kind,
      metrics: kind.metrics.filter(({ name, help }) => `${name}\n${help}`.toLowerCase().includes(sought)),
    }))
    .filter(({ metrics }) => metrics.length > 0);
}
