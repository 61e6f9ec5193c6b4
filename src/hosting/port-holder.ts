/**
 * Finds who listens on a port, on Linux, from `/proc`: the socket's inode in the tables of TCP, then the process
 * that has it open. Other users' processes cannot be seen without their rights; the answer is then unknown.
 */
import { readdir, readFile, readlink } from 'node:fs/promises';

/** A process that listens. */
export interface PortHolder {
  readonly pid: number;
  /** Its command's name. */
  readonly name: string;
}

const listenState = '0A';

/** The inodes of the listening sockets on `port`, in one table of `/proc/net`. */
export function listeningInodes(table: string, port: number): string[] {
  const wanted = port.toString(16).toUpperCase().padStart(4, '0');
  return table
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields[1]?.endsWith(`:${wanted}`) === true && fields[3] === listenState)
    .flatMap((fields) => fields[9] ?? []);
}

async function orNothing<Value>(promise: Promise<Value>, nothing: Value): Promise<Value> {
  try {
    return await promise;
  } catch {
    return nothing;
  }
}

async function holds(pid: string, links: ReadonlySet<string>): Promise<boolean> {
  const descriptors = await orNothing(readdir(`/proc/${pid}/fd`), []);
  for (const descriptor of descriptors) {
    if (links.has(await orNothing(readlink(`/proc/${pid}/fd/${descriptor}`), ''))) return true;
  }
  return false;
}

/** Undefined when it cannot be told. Never rejects. */
export async function portHolder(port: number): Promise<PortHolder | undefined> {
  const tables = await Promise.all(
    ['/proc/net/tcp', '/proc/net/tcp6'].map((path) => orNothing(readFile(path, 'utf8'), '')),
  );
  const links = new Set(
    tables.flatMap((table) => listeningInodes(table, port)).map((inode) => `socket:[${inode}]`),
  );
  if (links.size === 0) return undefined;
  const pids = (await orNothing(readdir('/proc'), [])).filter((name) => /^\d+$/.test(name));
  for (const pid of pids) {
    if (!(await holds(pid, links))) continue;
    const name = (await orNothing(readFile(`/proc/${pid}/comm`, 'utf8'), '')).trim();
    return { pid: Number(pid), name: name === '' ? 'a process' : name };
  }
  return undefined;
}
