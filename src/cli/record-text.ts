/** Records for people and programs. Nothing from a record is trusted with the terminal. */
import { isUtf8 } from 'node:buffer';
import type { Records } from '../engines/index.js';
import type { Column } from './table.js';

/** A record as the engine port has it. */
export type RecordEntry = Awaited<ReturnType<Records['scan']>>[number];

export const recordColumns: readonly Column<RecordEntry>[] = [
  { title: 'key', of: ({ key }) => key },
  { title: 'version', of: ({ version }) => version, align: 'right' },
  { title: 'bytes', of: ({ value }) => value.length, align: 'right' },
  { title: 'expires', of: ({ expiresMs }) => expiryText(expiresMs) },
];

/** A record in one JSON document: its value as text, or in base64 where it is none. */
export function recordJson({ key, value, version, expiresMs }: RecordEntry): Record<string, unknown> {
  const content = isUtf8(value) ? { value: value.toString('utf8') } : { base64: value.toString('base64') };
  return { key, version, expires: expiryText(expiresMs), ...content };
}

function expiryText(expiresMs: number | undefined): string | undefined {
  return expiresMs === undefined ? undefined : new Date(expiresMs).toISOString();
}
