/**
 * Lines of the log of alerts: `crc32c in hex, space, JSON, line feed`. Each batch begins with a mark, which says how far
 * the file was durable before it. Invariant: what is bad below a mark is damage, and what follows it counts; above the
 * last mark everything from the first bad line on is a torn tail, for pages that were not synced land in any order.
 */
import { crc32c } from '@node-rs/crc32';
import type { AlertRecord } from './alert-record.js';

/** All before this byte of the file was on the disk. */
interface Mark {
  readonly durableBytes: number;
}

export interface ReadLines {
  readonly records: readonly AlertRecord[];
  /** Bytes of a torn tail. */
  readonly cutBytes: number;
  readonly damagedLines: number;
  /** It ends in a mark that covers all of it, and nothing is damaged. */
  readonly isClean: boolean;
}

export function lineOf(record: AlertRecord): Buffer {
  return framed(JSON.stringify(record));
}

/** `durableBytes`: of the file before it. */
export function markOf(durableBytes: number): Buffer {
  const mark: Mark = { durableBytes };
  return framed(JSON.stringify(mark));
}

function framed(text: string): Buffer {
  return Buffer.from(`${crc32c(text).toString(16).padStart(8, '0')} ${text}\n`);
}

interface Line {
  readonly start: number;
  /** Undefined: it is torn or damaged. */
  readonly holds: AlertRecord | Mark | undefined;
}

export function readLines(content: Buffer): ReadLines {
  const lines = [...linesIn(content)];
  const marks = lines.flatMap(({ start, holds }) => (isMark(holds) ? [{ start, ...holds }] : []));
  const durableBytes = marks.reduce((most, mark) => Math.max(most, mark.durableBytes), 0);
  const torn = lines.findIndex(({ start, holds }) => holds === undefined && start >= durableBytes);
  const kept = torn === -1 ? lines : lines.slice(0, torn);
  const damagedLines = kept.filter(({ holds }) => holds === undefined).length;
  const last = kept.at(-1);
  return {
    records: kept.flatMap(({ holds }) => (holds === undefined || isMark(holds) ? [] : [holds])),
    cutBytes: torn === -1 ? 0 : content.length - lines[torn]!.start,
    damagedLines,
    isClean:
      torn === -1 && damagedLines === 0 && isMark(last?.holds) && last.holds.durableBytes === last.start,
  };
}

function isMark(holds: AlertRecord | Mark | undefined): holds is Mark {
  return holds !== undefined && 'durableBytes' in holds;
}

function* linesIn(content: Buffer): Generator<Line, void, undefined> {
  for (let start = 0; start < content.length;) {
    const end = content.indexOf(0x0a, start);
    yield { start, holds: end === -1 ? undefined : heldBy(content.toString('utf8', start, end)) };
    start = end === -1 ? content.length : end + 1;
  }
}

function heldBy(line: string): AlertRecord | Mark | undefined {
  const text = line.slice(9);
  if (parseInt(line.slice(0, 8), 16) !== crc32c(text)) return undefined;
  try {
    return JSON.parse(text) as AlertRecord | Mark;
  } catch {
    return undefined;
  }
}
