/** `/v1/export/…`: the files that other systems watch Sluice by, the same bytes as `sluice export` writes. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { z } from 'zod';
import type { ExportedRule } from '../../alerts/index.js';
import { SluiceError } from '../../kernel/index.js';
import { grafanaFileNames, readGrafanaFile, type Services } from '../../operations/index.js';
import { route, TextAnswer, type Call, type Route } from '../api/route.js';
import type { Caller } from '../caller.js';

const tag = 'export';
const listAnswer = z.object({ total: z.int(), items: z.array(z.object({ name: z.string() })) });
const nothing = z.strictObject({});
const named = z.strictObject({ name: z.string().min(1).max(255) });
const yamlType = 'application/yaml; charset=utf-8';

/** The rules in force; those that come with Sluice where none are evaluated. */
export async function exportedRulesOf({ alerts }: Services): Promise<readonly ExportedRule[]> {
  if (alerts !== undefined) return alerts.rules();
  const { configuredRules } = await import('../../alerts/index.js');
  return configuredRules({ rules: [], without: [] });
}

function monitors(caller: Caller): void {
  caller.requireTag('monitor');
}

function listOf(names: readonly string[]) {
  return { total: names.length, items: names.map((name) => ({ name })) };
}

async function ruleFileNamed({ services, signal }: Call, name: string): Promise<TextAnswer> {
  const { ruleFileNames, ruleFilePieces } = await import('../../alerts/index.js');
  const found = Object.values(ruleFileNames).find((each) => each === name);
  if (found === undefined) throw new SluiceError('not-found', `Prometheus has no file '${name}' from Sluice`);
  let text = '';
  for (const piece of ruleFilePieces(found, await exportedRulesOf(services))) {
    text += piece;
    // Finding cases takes half a second in all: messages go on meanwhile.
    await nextTurn();
    signal.throwIfAborted();
  }
  return new TextAnswer(yamlType, text);
}

async function grafanaFileNamed(name: string): Promise<TextAnswer> {
  const text = await readGrafanaFile(name);
  return new TextAnswer(name.endsWith('.json') ? 'application/json; charset=utf-8' : yamlType, text);
}

export const exportRoutes: readonly Route[] = [
  route({
    ...{ method: 'GET', path: '/v1/export/prometheus', summary: 'List the files for Prometheus', tag },
    ...{ input: nothing, answer: listAnswer, allow: monitors },
    async run() {
      const { ruleFileNames } = await import('../../alerts/index.js');
      return listOf(Object.values(ruleFileNames));
    },
  }),
  route({
    ...{ method: 'GET', path: '/v1/export/prometheus/{name}', summary: 'Export the rules in force', tag },
    ...{ input: named, allow: monitors },
    run: (call, { name }) => ruleFileNamed(call, name),
  }),
  route({
    ...{ method: 'GET', path: '/v1/export/grafana', summary: 'List the files for Grafana', tag },
    ...{ input: nothing, answer: listAnswer, allow: monitors },
    run: async () => listOf(await grafanaFileNames()),
  }),
  route({
    ...{
      method: 'GET',
      path: '/v1/export/grafana/{name}',
      summary: 'Export dashboards and provisioning',
      tag,
    },
    ...{ input: named, allow: monitors },
    run: (_call, { name }) => grafanaFileNamed(name),
  }),
];
