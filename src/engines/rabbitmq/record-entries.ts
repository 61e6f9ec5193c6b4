/** Records as a Sluice server tells them: in headers, or many in a JSON array. */
import type { RecordEntry } from '../index.js';
import type { WireHeaders } from './request-channel.js';

/** The record that an answer or an event tells of. */
export function entryOf({ key, version, expires }: WireHeaders, value: Buffer): RecordEntry {
  const expiresMs = expires === undefined ? undefined : Number(expires);
  return { key: String(key), value, version: Number(version), expiresMs };
}

interface ScannedRecord {
  readonly key: string;
  readonly version: number;
  readonly expires?: number;
  readonly value: string;
}

/** The records of one part of a scan. */
export function entriesOf(body: Buffer): readonly RecordEntry[] {
  const scanned = JSON.parse(body.toString()) as readonly ScannedRecord[];
  return scanned.map(({ key, version, expires, value }) => ({
    key,
    version,
    expiresMs: expires,
    value: Buffer.from(value, 'base64'),
  }));
}
