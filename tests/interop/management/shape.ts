/** The shape of an answer in JSON: the kind of value at each path. Values do not matter, nor what clients named. */

/** Kinds by dotted path; elements of lists are at `[]`. */
export type Shape = ReadonlyMap<string, string>;

/** Below these keys everything is a client's or a setting's own. */
const opaque = new Set([
  'arguments',
  'client_properties',
  'cluster_state',
  'socket_opts',
  'headers',
  'value',
]);

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'list' : typeof value;
}

/** The shape of `value`; a list has that of its first element. */
export function shapeOf(value: unknown): Shape {
  const shape = new Map<string, string>();
  collect(shape, '', value);
  return shape;
}

function collect(shape: Map<string, string>, path: string, value: unknown): void {
  if (path !== '') shape.set(path, kindOf(value));
  if (Array.isArray(value)) {
    if (value.length > 0) collect(shape, `${path}[]`, value[0]);
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  for (const [name, inner] of Object.entries(value)) {
    const below = path === '' ? name : `${path}.${name}`;
    if (opaque.has(name)) shape.set(below, kindOf(inner));
    else collect(shape, below, inner);
  }
}

/** What is in one and not in the other, or of another kind. A path whose parent is told is not told again. */
export interface Differences {
  readonly leftOut: readonly string[];
  readonly added: readonly string[];
  readonly changed: readonly string[];
}

function outermost(paths: readonly string[]): string[] {
  return paths.filter((path) => !paths.some((other) => path !== other && isBelow(path, other))).sort();
}

function isBelow(path: string, other: string): boolean {
  return path.startsWith(`${other}.`) || path.startsWith(`${other}[]`);
}

/** Compares the shape that is expected with the one there is. */
export function differences(theirs: Shape, ours: Shape): Differences {
  const changed = [...ours].filter(([path, kind]) => (theirs.get(path) ?? kind) !== kind);
  return {
    leftOut: outermost([...theirs.keys()].filter((path) => !ours.has(path))),
    added: outermost([...ours.keys()].filter((path) => !theirs.has(path))),
    changed: changed.map(([path]) => path).sort(),
  };
}
