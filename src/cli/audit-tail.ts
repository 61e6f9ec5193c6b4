/**
 * The last records of the audit log, read from its file (`access/audit.log`, one JSON object a line), so that
 * they can be seen whether a server runs or not.
 */
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { SluiceError, systemCodeOf } from '../kernel/index.js';

/** One record, as far as it is shown. */
export interface AuditRow {
  readonly sequence: number;
  readonly at: string;
  readonly event: string;
  readonly actor: string;
  readonly source: string;
  readonly subject: string;
  readonly outcome: string;
  readonly reason?: string;
  readonly count?: number;
}

const tailBytes = 1_048_576;

async function readTail(path: string): Promise<string> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const start = Math.max(0, size - tailBytes);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(size - start), 0, size - start, start);
    const text = buffer.toString('utf8', 0, bytesRead);
    // The first line of a tail is only a part of one.
    return start === 0 ? text : text.slice(text.indexOf('\n') + 1);
  } finally {
    await file.close();
  }
}

function rowOf(line: string): AuditRow[] {
  try {
    return [JSON.parse(line) as AuditRow];
  } catch {
    // A line that is being written, or a broken one: `audit verify` tells.
    return [];
  }
}

/** Up to `count` records, oldest first. Rejects with 'not-found' when there is no log. */
export async function auditTail(dataDirectory: string, count: number): Promise<AuditRow[]> {
  const path = join(dataDirectory, 'access', 'audit.log');
  try {
    const lines = (await readTail(path)).split('\n').filter((line) => line !== '');
    return lines.slice(-count).flatMap(rowOf);
  } catch (error) {
    if (systemCodeOf(error) !== 'ENOENT') throw error;
    throw new SluiceError('not-found', `There is no audit log at ${path}.`, { cause: error });
  }
}
