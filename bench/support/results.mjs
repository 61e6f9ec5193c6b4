/** Writes a benchmark's outcome with the machine it was measured on to `bench/results/`. */
import { mkdir, writeFile } from 'node:fs/promises';
import { arch, cpus, platform, release, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';

const directory = fileURLToPath(new URL('../results/', import.meta.url));

/** The machine and runtime, as every result names them. */
export function machine() {
  const processors = cpus();
  return {
    processor: processors[0]?.model ?? 'unknown',
    cores: processors.length,
    memoryBytes: totalmem(),
    system: `${platform()} ${release()} ${arch()}`,
    node: process.version,
  };
}

/** One line for people. */
export function machineLine() {
  const { processor, cores, memoryBytes, system, node } = machine();
  return `${processor.trim()}, ${cores} cores, ${Math.round(memoryBytes / 2 ** 30)} GiB, ${system}, Node ${node}`;
}

/** Writes `bench/results/NAME-TIME.json`; gives its path. */
export async function writeResult(name, settings, results) {
  await mkdir(directory, { recursive: true });
  const at = new Date().toISOString();
  const path = `${directory}${name}-${at.replace(/[:.]/g, '-')}.json`;
  await writeFile(path, JSON.stringify({ name, at, machine: machine(), settings, results }, null, 2) + '\n');
  return path;
}
