/** What discovery tells Zabbix of an object, by macro. Invariant: no value holds what Zabbix would fill in itself. */
import type { ObjectKind } from '../index.js';
import { objectId, objectTitle, shownLabel } from './object-name.js';

/** By macro: `{#ID}`, `{#TITLE}`, and one for each label. */
export type ObjectRow = Readonly<Record<string, string>>;

/** A label as a macro of discovery: `{#QUEUE}`. */
export function labelMacro(label: string): string {
  return `{#${label.toUpperCase()}}`;
}

/** The row of one object. */
export function objectRow(kind: ObjectKind, labels: readonly string[]): ObjectRow {
  const row: Record<string, string> = { '{#ID}': objectId(labels), '{#TITLE}': objectTitle(kind, labels) };
  for (const [index, label] of kind.labels.entries()) row[labelMacro(label)] = shownLabel(labels[index]!);
  return row;
}
