/** `node tools/grafana.mjs`: writes the dashboards into `deploy/grafana/dashboards`, from the default rules of the build. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { dashboardFiles } from './grafana/dashboards.mjs';
import { inRoot } from './preparation/paths.mjs';
import { ensureReady } from './preparation/ready.mjs';

await ensureReady();
const { defaultRules } = await import('../dist/alerts/index.js');
const directory = inRoot('deploy', 'grafana', 'dashboards');
await mkdir(directory, { recursive: true });
const files = await dashboardFiles(defaultRules.map(({ definition }) => definition));
for (const [name, text] of Object.entries(files)) await writeFile(join(directory, name), text);
