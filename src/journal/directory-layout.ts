/**
 * The names in a journal's directory. A name ending in `.tmp` is unfinished work and may be removed at any
 * start; every other file is whole.
 *
 * ```
 * segments/0000000001.journal       a segment
 * segments/new-0000000002.tmp       a segment being prepared
 * segments/dead-0000000001.tmp      a dead segment, kept to be written again
 * segments/compact-0000000001.tmp   a segment being rewritten
 * snapshots/<sequence>/state, manifest
 * reserve                           space that is given back when the disk is full
 * aside/                            bytes that recovery or a repair took out, never read again
 * ```
 */
import { join } from 'node:path';

const segmentPattern = /^(\d{10})\.journal$/;
const deadPattern = /^dead-\d{10}\.tmp$/;
const snapshotPattern = /^\d{16}$/;

/** The paths of one journal. */
export interface DirectoryLayout {
  readonly directory: string;
  readonly segments: string;
  readonly snapshots: string;
  readonly aside: string;
  readonly reserve: string;
}

export function directoryLayout(directory: string): DirectoryLayout {
  return {
    directory,
    segments: join(directory, 'segments'),
    snapshots: join(directory, 'snapshots'),
    aside: join(directory, 'aside'),
    reserve: join(directory, 'reserve'),
  };
}

const padded = (number: number): string => number.toString().padStart(10, '0');

export function segmentPath(layout: DirectoryLayout, number: number): string {
  return join(layout.segments, `${padded(number)}.journal`);
}

/** Path of unfinished work on a segment. */
export function unfinishedPath(
  layout: DirectoryLayout,
  work: 'new' | 'dead' | 'compact',
  number: number,
): string {
  return join(layout.segments, `${work}-${padded(number)}.tmp`);
}

/** The number of a segment's file name, or undefined for any other name. */
export function segmentNumberOf(name: string): number | undefined {
  const digits = segmentPattern.exec(name)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

export function isDeadSegment(name: string): boolean {
  return deadPattern.test(name);
}

export function isUnfinished(name: string): boolean {
  return name.endsWith('.tmp');
}

export function snapshotPath(layout: DirectoryLayout, sequence: number): string {
  return join(layout.snapshots, sequence.toString().padStart(16, '0'));
}

/** The sequence of a snapshot's directory name, or undefined for any other name. */
export function snapshotSequenceOf(name: string): number | undefined {
  return snapshotPattern.test(name) ? Number(name) : undefined;
}
