/** What a process has used, read from Linux's /proc. Elsewhere every figure is undefined: unknown. */
import { readFile } from 'node:fs/promises';

// USER_HZ is 100 on every Linux architecture Node supports.
const microsecondsPerTick = 10_000;

/** Processor time of a process and all its threads, user and system together, in microseconds. */
export async function processorMicroseconds(pid) {
  try {
    const text = await readFile(`/proc/${pid}/stat`, 'utf8');
    // The command's name, in parentheses, may hold spaces: fields are counted after it.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) * microsecondsPerTick;
  } catch {
    return undefined;
  }
}

/** Resident memory now and at its highest since the process began, in bytes. */
export async function residentBytes(pid) {
  try {
    const text = await readFile(`/proc/${pid}/status`, 'utf8');
    const field = (name) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)[1]) * 1024;
    return { now: field('VmRSS'), peak: field('VmHWM') };
  } catch {
    return { now: undefined, peak: undefined };
  }
}
