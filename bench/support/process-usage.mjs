/** What a process has used, read from Linux's /proc. Elsewhere every figure is undefined: unknown. */
import { readdir, readFile } from 'node:fs/promises';

// USER_HZ is 100 on every Linux architecture Node supports.
const microsecondsPerTick = 10_000;

/** The fields of /proc/PID/stat after the command's name, which stands in parentheses and may hold spaces. */
async function statOf(pid) {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8');
  return text.slice(text.lastIndexOf(')') + 2).split(' ');
}

const ticksOf = (fields) => Number(fields[11]) + Number(fields[12]);

/** Processor time of a process and all its threads, user and system together, in microseconds. */
export async function processorMicroseconds(pid) {
  try {
    return ticksOf(await statOf(pid)) * microsecondsPerTick;
  } catch {
    return undefined;
  }
}

/** The same with its children: those that run, and those that it has waited for. */
export async function familyProcessorMicroseconds(pid) {
  try {
    for (;;) {
      const own = await statOf(pid);
      const running = await runningChildrenTicks(pid);
      const waited = waitedTicks(own);
      // A child that ended meanwhile would be counted twice, or not at all.
      if (waited === waitedTicks(await statOf(pid)))
        return (ticksOf(own) + waited + running) * microsecondsPerTick;
    }
  } catch {
    return undefined;
  }
}

const waitedTicks = (fields) => Number(fields[13]) + Number(fields[14]);

async function runningChildrenTicks(parent) {
  let ticks = 0;
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const fields = await statOf(pid).catch(() => []);
    if (Number(fields[1]) === parent) ticks += ticksOf(fields);
  }
  return ticks;
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
