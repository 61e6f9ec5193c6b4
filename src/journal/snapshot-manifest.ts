/**
 * The manifest of a snapshot: written last, it makes the snapshot exist. Without a manifest that matches its
 * own hash and those of its files, a snapshot is not one.
 *
 * The file is one line of JSON (the fields below) and one line with the SHA-256 of the first, in hexadecimal.
 */
import { createHash } from 'node:crypto';
import { formatVersion } from './segment-header.js';

export interface ManifestFile {
  readonly name: string;
  readonly bytes: number;
  /** SHA-256 of the file, in hexadecimal. */
  readonly sha256: string;
}

export interface SnapshotManifest {
  readonly format: number;
  /** The state includes every record up to this one. */
  readonly sequence: number;
  /** Where the records after it begin. */
  readonly segment: number;
  readonly offset: number;
  readonly files: readonly ManifestFile[];
  /** The caller's own bytes, in base64. */
  readonly state: string;
}

export type DecodedManifest =
  | { readonly kind: 'manifest'; readonly manifest: SnapshotManifest }
  | { readonly kind: 'newer'; readonly version: number }
  | { readonly kind: 'damaged' };

export function encodeManifest(manifest: SnapshotManifest): Buffer {
  const line = JSON.stringify(manifest);
  return Buffer.from(`${line}\n${hashOf(line)}\n`, 'utf8');
}

export function decodeManifest(bytes: Buffer): DecodedManifest {
  const [line, hash, end, ...more] = bytes.toString('utf8').split('\n');
  if (line === undefined || hash === undefined || end !== '' || more.length > 0) return { kind: 'damaged' };
  if (hashOf(line) !== hash) return { kind: 'damaged' };
  const manifest = JSON.parse(line) as SnapshotManifest;
  if (manifest.format > formatVersion) return { kind: 'newer', version: manifest.format };
  return { kind: 'manifest', manifest };
}

function hashOf(line: string): string {
  return createHash('sha256').update(line).digest('hex');
}
