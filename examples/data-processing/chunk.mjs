/** What one chunk gives, and how chunks are put together. A line belongs to the chunk in which it begins. */
import { open } from 'node:fs/promises';

const lineBytesMax = 4_096;
const linesBetweenProgress = 10_000;
const newline = 10;

/** Count, sum and maximum for each sensor, of the lines that begin in the bytes from `from` up to `to`. */
export async function addUp(path, from, to, { progress, signal }) {
  // One byte earlier: whether a line begins at `from` shows in the byte before it.
  const start = Math.max(0, from - 1);
  const bytes = await read(path, start, to - start + lineBytesMax);
  const sensors = {};
  let at = from === 0 ? 0 : bytes.indexOf(newline) + 1;
  for (let lines = 1; start + at < to; lines++) {
    const found = bytes.indexOf(newline, at);
    const end = found < 0 ? bytes.length : found;
    add(sensors, bytes.latin1Slice(at, end));
    at = end + 1;
    if (lines % linesBetweenProgress > 0) continue;
    signal.throwIfAborted();
    await progress({ bytes: start + at - from, of: to - from });
  }
  return sensors;
}

/** The sums of all chunks. */
export function merge(parts) {
  const sensors = {};
  for (const part of parts)
    for (const [sensor, { count, sum, max }] of Object.entries(part)) {
      const all = (sensors[sensor] ??= { count: 0, sum: 0, max: -Infinity });
      all.count += count;
      all.sum += sum;
      all.max = Math.max(all.max, max);
    }
  return sensors;
}

async function read(path, position, length) {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(length), position });
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

function add(sensors, line) {
  const comma = line.indexOf(',');
  const reading = Number(line.slice(comma + 1));
  const known = (sensors[line.slice(0, comma)] ??= { count: 0, sum: 0, max: -Infinity });
  known.count++;
  known.sum += reading;
  known.max = Math.max(known.max, reading);
}
