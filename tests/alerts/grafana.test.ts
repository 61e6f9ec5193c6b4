/** The dashboards for Grafana: what lies in `deploy/` is what the code makes, and Grafana's own types take it. */
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as units from '@grafana/grafana-foundation-sdk/units';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { defaultRules } from '../../src/alerts/index.js';
import { catalogue } from '../../src/monitor/index.js';
import { dashboardFiles } from '../../tools/grafana/dashboards.mjs';
import {
  dashboardDirectory,
  queriesOf,
  shippedDashboards,
  type ShippedDashboard,
  type ShippedPanel,
} from '../support/dashboards.js';

const shipped = await shippedDashboards();
const rules = defaultRules.map(({ definition }) => definition);
const here = dirname(fileURLToPath(import.meta.url));
const provisioning = join(dashboardDirectory, '..', 'provisioning');

const figurePanels = ({ panels }: ShippedDashboard): readonly ShippedPanel[] =>
  panels.filter(({ type }) => type !== 'row');

/** Names in a query that are metrics, without the endings that histograms add. */
function metricsIn(query: string): readonly string[] {
  return [...query.matchAll(/\b(sluice_\w+)/g)].map(([, name]) => name!.replace(/_(bucket|sum|count)$/, ''));
}

it('the files are what the code makes: node tools/grafana.mjs', async () => {
  const made = await dashboardFiles(rules);
  expect(shipped.map(({ file }) => file)).toEqual(Object.keys(made).sort());
  for (const [file, text] of Object.entries(made))
    expect(await readFile(join(dashboardDirectory, file), 'utf8'), file).toBe(text);
});

describe.each(shipped.map((each) => [each.title, each] as const))('%s', (_, dashboard) => {
  const known = new Set(catalogue.flatMap(({ metrics }) => metrics.map(({ name }) => name)));
  const unitNames = new Set(Object.values(units).filter((unit) => typeof unit === 'string'));

  it('asks for metrics of the catalogue alone', () => {
    for (const { panel, query } of queriesOf(dashboard)) {
      const metrics = metricsIn(query);
      expect(metrics.length, panel).toBeGreaterThan(0);
      for (const metric of metrics) expect(known, `${panel}: ${metric}`).toContain(metric);
    }
  });

  it('has a title, a description, a unit that Grafana knows and a query in each panel', () => {
    const titles = dashboard.panels.map(({ title }) => title);
    expect(new Set(titles).size).toBe(titles.length);
    for (const { title, description, fieldConfig, targets } of figurePanels(dashboard)) {
      expect(description, title).toMatch(/\w{3}.*\.$/);
      expect(unitNames, title).toContain(fieldConfig?.defaults.unit);
      expect(targets?.length, title).toBeGreaterThan(0);
      const letters = targets?.map(({ refId }) => refId);
      expect(new Set(letters).size, title).toBe(letters?.length);
    }
  });

  it('puts no two panels on one spot, and none beyond the edge', () => {
    const taken = new Map<string, string>();
    for (const { title, gridPos } of dashboard.panels) {
      expect(gridPos.x + gridPos.w, title).toBeLessThanOrEqual(24);
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++)
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
          expect(taken.get(`${x},${y}`), `${title} over another`).toBeUndefined();
          taken.set(`${x},${y}`, title);
        }
    }
  });

  it('shows the levels of the rules that it names', () => {
    for (const { title, description = '', fieldConfig } of figurePanels(dashboard)) {
      const name = /the rule ([a-z-]+)\.$/.exec(description)?.[1];
      const rule = rules.find((each) => each['name'] === name);
      const levels = fieldConfig?.defaults.thresholds?.steps.flatMap(({ value }) => value ?? []);
      expect(levels, title).toEqual(name === undefined ? [] : [rule?.['above'] ?? rule?.['below']]);
    }
  });
});

it('Grafana’s own types take the dashboards, with each panel’s options, and nothing besides', () => {
  const [first, ...others] = shipped;
  expect(problemsOf([first!, ...others])).toEqual([]);
  const oddPanel = { ...first!.panels[1]!, options: { legend: 'bottom' } };
  const odd = [{ title: 7 }, { refreshes: '5s' }, { panels: [oddPanel] }];
  const given = odd.map((each) => ({ ...first!, ...each }) as unknown as ShippedDashboard);
  expect(problemsOf(given)).toHaveLength(odd.length);
}, 60_000);

it('the provisioning names the folder and a source of Prometheus', async () => {
  const read = async (path: string): Promise<unknown> =>
    parse(await readFile(join(provisioning, path), 'utf8')) as unknown;
  expect(await read('datasources/sluice.yaml')).toMatchObject({
    apiVersion: 1,
    datasources: [{ type: 'prometheus', access: 'proxy' }],
  });
  expect(await read('dashboards/sluice.yaml')).toMatchObject({
    apiVersion: 1,
    providers: [{ type: 'file', options: { path: '/etc/grafana/dashboards' } }],
  });
});

/** What the compiler has against the dashboards as values of the types that Grafana generates from its schema. */
function problemsOf(given: readonly ShippedDashboard[]): readonly string[] {
  const text = [
    "import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';",
    "import type { Dataquery } from '@grafana/grafana-foundation-sdk/prometheus';",
    "import type * as stat from '@grafana/grafana-foundation-sdk/stat';",
    "import type * as timeseries from '@grafana/grafana-foundation-sdk/timeseries';",
    // A file has the values of enumerations, and no marks of the SDK.
    'type Plain<T> = T extends string ? `${T}` : T extends number | boolean | null | undefined ? T',
    '  : T extends readonly (infer Item)[] ? Plain<Item>[]',
    '  : T extends object ? { [Key in keyof T as Key extends `_implements${string}` ? never : Key]: Plain<T[Key]> } : T;',
    ...given.flatMap(({ file, ...dashboard }, place) => [
      `// ${file}`,
      `export const dashboard${place}: Plain<Dashboard> = ${JSON.stringify(dashboard)};`,
      ...dashboard.panels.flatMap((panel, at) => panelChecks(panel, `${place}_${at}`)),
    ]),
  ].join('\n');
  const path = join(here, 'dashboards-as-typescript.ts');
  const options: ts.CompilerOptions = {
    ...{ strict: true, noEmit: true, skipLibCheck: true, types: [] },
    ...{ module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext },
    target: ts.ScriptTarget.ES2022,
  };
  const host = ts.createCompilerHost(options);
  const original = host.getSourceFile.bind(host);
  host.getSourceFile = (name, language, ...rest) =>
    name === path ? ts.createSourceFile(name, text, language) : original(name, language, ...rest);
  const fileExists = host.fileExists.bind(host);
  host.fileExists = (name) => name === path || fileExists(name);
  const program = ts.createProgram([path], options, host);
  return ts
    .getPreEmitDiagnostics(program)
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
}

/** Options and queries are `any` to a dashboard; each kind of panel has types of its own. */
function panelChecks({ type, options, targets = [] }: ShippedPanel, name: string): readonly string[] {
  if (type === 'row') return [];
  const queries = JSON.stringify(targets);
  return [
    `export const options${name}: Plain<${type}.Options> = ${JSON.stringify(options)};`,
    `export const queries${name}: Plain<Dataquery>[] = ${queries};`,
  ];
}
