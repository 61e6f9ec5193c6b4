/** The template as a whole: what Zabbix's import asks of it, and that nothing in it speaks of what is not there. */
import { describe, expect, it } from 'vitest';
import { itemKinds } from '../item-series.js';
import { zabbixExport } from './template.js';
import type { TriggerPlan } from './trigger-plan.js';

interface Node {
  readonly [name: string]: string | Node | readonly Node[];
}

/** Every node below, with the name that it stands under. */
function* nodes(node: unknown, under = ''): Generator<readonly [string, Node]> {
  if (Array.isArray(node)) for (const each of node) yield* nodes(each, under);
  else if (typeof node === 'object' && node !== null) {
    yield [under, node as Node];
    for (const [name, each] of Object.entries(node)) yield* nodes(each, name);
  }
}

const plan: TriggerPlan = {
  ...{ kind: 'queue', id: 'too-long', name: 'too long', severity: 'WARNING' },
  expression: 'min(<sluice_messages_ready>,5m)><$SLUICE.TOO_LONG>',
  recovery: 'max(<sluice_messages_ready>,5m)<<$SLUICE.TOO_LONG.CLEAR>',
  thresholds: [
    { macro: 'SLUICE.TOO_LONG', value: '10', description: 'Too long.' },
    { macro: 'SLUICE.TOO_LONG.CLEAR', value: '5', description: 'Short again.' },
  ],
  description: 'The queue is long.',
};
const exported = (): unknown => zabbixExport([plan]);
const all = [...nodes(exported())];
const named = (...names: string[]): Node[] =>
  all.filter(([under]) => names.includes(under)).map(([, node]) => node);
const templates = named('templates');

function texts(node: Node, name: string): string[] {
  return [...nodes(node)].flatMap(([, each]) => (typeof each[name] === 'string' ? [each[name]] : []));
}

describe('the Zabbix template', () => {
  it('gives everything a UUID of version 4 that nothing else has', () => {
    const uuids = all.flatMap(([, node]) => (typeof node['uuid'] === 'string' ? [node['uuid']] : []));
    expect(uuids.length).toBeGreaterThan(200);
    expect(new Set(uuids).size).toBe(uuids.length);
    for (const uuid of uuids) expect(uuid).toMatch(/^[0-9a-f]{12}4[0-9a-f]{3}[89ab][0-9a-f]{15}$/);
  });

  it('keeps them from release to release', () => {
    const uuid = named('item_prototypes').find(({ key }) => key === 'sluice.messages_ready[{#ID}]')?.['uuid'];
    expect(uuid).toBe('49609b19396446a1bd75761d21ebad97');
    expect(JSON.stringify(exported())).toBe(JSON.stringify(exported()));
  });

  it('has an item for every series of the kinds that it discovers', () => {
    for (const template of templates) {
      const keys = new Set(texts(template, 'key'));
      for (const { items, discoveryKey } of itemKinds) {
        expect(keys).toContain(discoveryKey);
        for (const { key } of items) expect(keys).toContain(`${key}[{#ID}]`);
      }
    }
  });

  it('uses no key twice in a template', () => {
    for (const template of templates) {
      const prototypes = [...nodes(template)].filter(([under]) => under === 'item_prototypes');
      const keys = prototypes.map(([, node]) => node['key']);
      expect(new Set(keys).size).toBe(keys.length);
    }
  });

  it('fires only on items and macros that are there', () => {
    for (const template of templates) {
      const keys = new Set(texts(template, 'key'));
      const macros = new Set(texts(template, 'macro'));
      const expressions = [...texts(template, 'expression'), ...texts(template, 'recovery_expression')];
      expect(expressions.length).toBeGreaterThan(4);
      for (const expression of expressions) {
        const used = [...expression.matchAll(/\/([^/]+)\/(sluice\.\w+(?:\[\{#ID\}\])?)/g)];
        expect(used.length, expression).toBeGreaterThan(0);
        for (const [, host, key] of used) {
          expect(host).toBe(template['template']);
          expect(keys).toContain(key);
        }
        expect(expression).not.toMatch(/<\$|<sluice/);
        for (const [, macro] of expression.matchAll(/\{\$([A-Z_.]+)/g))
          expect(macros).toContain(`{$${macro!}}`);
      }
    }
  });

  it('draws only items and graphs that are there', () => {
    const keys = new Set(texts(exported() as Node, 'key'));
    for (const { item } of named('graph_items')) expect(keys).toContain((item as Node)['key']);
    const graphs = new Set(named('graphs', 'graph_prototypes').map(({ name }) => name));
    for (const { value } of named('fields')) {
      if (typeof value === 'object') expect(graphs).toContain((value as Node)['name']);
    }
  });

  it('keeps names to what Zabbix has room for, titles included', () => {
    const titleLengthMax = 64;
    const room = (text: unknown): number => String(text).length - '{#TITLE}'.length + titleLengthMax;
    for (const { name } of named('graph_prototypes')) expect(room(name)).toBeLessThanOrEqual(128);
    for (const { name } of named('item_prototypes', 'trigger_prototypes'))
      expect(room(name)).toBeLessThanOrEqual(255);
  });

  it('says in every item and trigger what it means', () => {
    for (const { description } of named('items', 'item_prototypes', 'triggers', 'trigger_prototypes'))
      expect(description).toMatch(/^\S.*\.$/);
  });
});
