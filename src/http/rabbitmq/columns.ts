/** Values in an item by a dotted path, and the columns of it that were asked for. */

/** An object as it is answered. */
export type Item = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value at a path such as `message_stats.publish_details.rate`; undefined where there is none. */
export function valueAt(item: unknown, path: readonly string[]): unknown {
  let value: unknown = item;
  for (const name of path) {
    if (!isObject(value) || !Object.hasOwn(value, name)) return undefined;
    value = value[name];
  }
  return value;
}

/** Paths from `columns=name,arguments.x-max-length`; undefined: every column. */
export function columnsOf(query: string | undefined): readonly (readonly string[])[] | undefined {
  if (query === undefined || query === '') return undefined;
  return query.split(',').map((column) => column.split('.'));
}

/** The item with these columns alone; one that it does not have is left out. */
export function onlyColumns(item: Item, columns: readonly (readonly string[])[] | undefined): Item {
  if (columns === undefined) return item;
  // Without a prototype, so that `__proto__` is only a name.
  const picked = Object.create(null) as Record<string, unknown>;
  for (const path of columns) pick(picked, item, path);
  return picked;
}

function pick(into: Record<string, unknown>, from: unknown, path: readonly string[]): void {
  const [name, ...rest] = path;
  if (name === undefined || !isObject(from) || !Object.hasOwn(from, name)) return;
  if (rest.length === 0) {
    into[name] = from[name];
    return;
  }
  if (!isObject(from[name])) return;
  const known = Object.hasOwn(into, name) ? into[name] : undefined;
  const inner = isObject(known) ? known : (Object.create(null) as Record<string, unknown>);
  into[name] = inner;
  pick(inner, from[name], rest);
}
