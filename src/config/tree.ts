/** Plain nested values by path, as they come from a file or from flags: reading, writing and comparing. */

/** A value as parsed from YAML, before any schema. */
export type Tree = Record<string, unknown>;

/** Whether `value` is a mapping (neither null nor a list). */
export function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value at `path`, or undefined. */
export function valueAt(tree: unknown, path: readonly string[]): unknown {
  let value: unknown = tree;
  for (const key of path) {
    if (!isTree(value) || !Object.hasOwn(value, key)) return undefined;
    value = value[key];
  }
  return value;
}

/**
 * A copy of `tree` with `value` at `path`; mappings on the way are made where they are missing. Something else
 * in their place is left there, for the schema to refuse.
 */
export function withValue(tree: Tree, path: readonly string[], value: unknown): Tree {
  const [key, ...rest] = path;
  if (key === undefined) return tree;
  const child = Object.hasOwn(tree, key) ? tree[key] : undefined;
  if (rest.length === 0) return { ...tree, [key]: value };
  if (child !== undefined && child !== null && !isTree(child)) return tree;
  return { ...tree, [key]: withValue(isTree(child) ? child : {}, rest, value) };
}

/** The paths at which two trees differ; lists and scalars are compared whole. */
export function differences(before: unknown, after: unknown, path: readonly string[] = []): string[] {
  if (!isTree(before) || !isTree(after)) {
    return JSON.stringify(before) === JSON.stringify(after) ? [] : [path.join('.')];
  }
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return keys.flatMap((key) => differences(before[key], after[key], [...path, key]));
}

/** Freezes `value` and everything in it. */
export function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const part of Object.values(value)) deepFreeze(part);
  }
  return value;
}
