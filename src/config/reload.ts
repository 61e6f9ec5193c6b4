/** Which settings a reload puts in force, and which wait for a restart. Pure. */
import type { Settings } from './schema.js';
import { differences, isTree, valueAt, withValue, type Tree } from './tree.js';

/** Settings (or whole sections) that a running server takes over. */
const reloadable: readonly (readonly string[])[] = [
  ...[
    ['limits', 'memory'],
    ['limits', 'diskFree'],
    ['log', 'level'],
    ['monitor', 'probe'],
  ],
  ...[['alerts'], ['engines'], ['owners'], ['telemetry'], ['zabbix']],
];

/** Settings that hold things with names. */
const named = [
  { what: 'receiver', path: ['alerts', 'receivers'] },
  { what: 'route', path: ['alerts', 'routes'] },
  { what: 'rule', path: ['alerts', 'rules'] },
  { what: 'engine', path: ['engines'] },
] as const;

/** A setting that is in force now, and was not. */
export interface SettingChange {
  /** Dotted; of what has a name, with that name. */
  readonly setting: string;
  readonly change: 'added' | 'changed' | 'removed';
  /** For people. */
  readonly text: string;
}

/** What differs between the running settings and the new ones. Paths are dotted. */
export interface SettingChanges {
  readonly applied: readonly string[];
  readonly needRestart: readonly string[];
  /** What was applied, by its names. */
  readonly changes: readonly SettingChange[];
}

function isWithin(path: string, setting: readonly string[]): boolean {
  const dotted = setting.join('.');
  return path === dotted || path.startsWith(`${dotted}.`);
}

/** Sorts the differences. Certificates are not among them: their files are read again at every reload. */
export function compareSettings(running: Settings, next: Settings): SettingChanges {
  const changed = differences(running, next);
  const isApplied = (path: string): boolean => reloadable.some((setting) => isWithin(path, setting));
  const applied = changed.filter(isApplied);
  return {
    applied,
    needRestart: changed.filter((path) => !isApplied(path)),
    changes: changesOf(applied, running, next),
  };
}

/** The running settings with what a reload takes over of the new ones. */
export function takeOver(running: Settings, next: Settings): Settings {
  return reloadable.reduce<Tree>(
    (tree, path) => withValue(tree, path, valueAt(next, path)),
    running,
  ) as Settings;
}

function changesOf(applied: readonly string[], running: Settings, next: Settings): SettingChange[] {
  const ofNames = named.flatMap(({ what, path }) => {
    if (!applied.some((each) => isWithin(each, path))) return [];
    const changes = changesByName(byName(valueAt(running, path)), byName(valueAt(next, path)));
    const setting = path.join('.');
    if (changes.length === 0)
      return [{ setting, change: 'changed' as const, text: `the order of ${setting}` }];
    return changes.map(({ name, change }) => ({
      ...{ setting: `${setting}.${name}`, change },
      text: `${what} ${name} ${change}`,
    }));
  });
  const others = applied.filter((each) => !named.some(({ path }) => isWithin(each, path)));
  return [...others.map((each) => changeAt(each, running, next)), ...ofNames];
}

function changeAt(path: string, running: Settings, next: Settings): SettingChange {
  const [before, after] = [running, next].map((settings) => valueAt(settings, path.split('.')));
  const change = before === undefined ? 'added' : after === undefined ? 'removed' : 'changed';
  return { setting: path, change, text: change === 'removed' ? `${path} removed` : path };
}

type Names = ReadonlyMap<string, unknown>;

/** What stands under names: a mapping, or a list of what has one. */
function byName(value: unknown): Names {
  if (isTree(value)) return new Map(Object.entries(value));
  const list = Array.isArray(value) ? (value as readonly { readonly name: string }[]) : [];
  return new Map(list.map((each) => [each.name, each]));
}

interface NamedChange extends Pick<SettingChange, 'change'> {
  readonly name: string;
}

function changesByName(before: Names, after: Names): NamedChange[] {
  const names = [...new Set([...before.keys(), ...after.keys()])];
  return names.flatMap((name): NamedChange[] => {
    if (!before.has(name)) return [{ name, change: 'added' }];
    if (!after.has(name)) return [{ name, change: 'removed' }];
    const isSame = JSON.stringify(before.get(name)) === JSON.stringify(after.get(name));
    return isSame ? [] : [{ name, change: 'changed' }];
  });
}
