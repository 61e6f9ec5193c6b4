/** The dashboards and the provisioning for Grafana that come with Sluice. Invariant: nothing outside their folder is read. */
import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SluiceError } from '../kernel/index.js';

const folder = fileURLToPath(new URL('../../deploy/grafana', import.meta.url));

/** Names such as `dashboards/sluice-queue.json`, as Grafana looks for them below `/etc/grafana`. */
export async function grafanaFileNames(): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort();
}

/** Rejects with `not-found` for any other name. */
export async function readGrafanaFile(name: string): Promise<string> {
  const names = await grafanaFileNames();
  if (names.includes(name)) return readFile(join(folder, name), 'utf8');
  throw new SluiceError('not-found', `there is no file '${name}' for Grafana: ${names.join(', ')}`);
}
