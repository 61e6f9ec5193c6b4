/** `sluice export grafana`: copies the dashboards and the provisioning that come with Sluice. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Command } from 'commander';
import type { Shell } from './shell.js';

/** Defines it. */
export function exportGrafana(command: Command, shell: Shell): void {
  command
    .requiredOption('--out <directory>', 'where to write them')
    .addHelpText('after', '\nThe folders are laid out as Grafana looks for them below /etc/grafana.')
    .action(async ({ out }: { out: string }) => {
      const directory = resolve(shell.workingDirectory, out);
      const { grafanaFileNames, readGrafanaFile } = await import('../operations/index.js');
      for (const name of await grafanaFileNames()) {
        const file = join(directory, name);
        await mkdir(dirname(file), { recursive: true });
        await writeFile(file, await readGrafanaFile(name));
      }
      await shell.say(`Wrote dashboards and provisioning to ${out}.`);
    });
}
