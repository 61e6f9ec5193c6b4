/** `/v1/zabbix/…`: what a Zabbix server asks for, and the template by which it does. */
import { Readable } from 'node:stream';
import { z } from 'zod';
import { SluiceError } from '../../kernel/index.js';
import { route, type Call, type Route } from '../api/route.js';
import { exportedRulesOf } from './export-routes.js';

const tag = 'zabbix';

/** The first piece is waited for, so that what cannot be measured is still a problem of its own. */
async function figures({ services, signal }: Call): Promise<Readable> {
  const { monitor } = services;
  if (monitor === undefined) throw new SluiceError('unsupported', 'nothing is measured here');
  const { figuresDocument } = await import('../../monitor/zabbix/index.js');
  const pieces = figuresDocument(monitor);
  const first = await pieces.next();
  async function* all(): AsyncGenerator<string, void, undefined> {
    if (first.done !== true) yield first.value;
    yield* pieces;
  }
  return Readable.from(all(), { signal });
}

export const zabbixRoutes: readonly Route[] = [
  route({
    ...{ method: 'GET', path: '/v1/zabbix/figures', summary: 'Show all that is measured, for Zabbix', tag },
    input: z.strictObject({}),
    allow: (caller) => {
      caller.requireTag('monitor');
    },
    run: figures,
  }),
  route({
    ...{ method: 'GET', path: '/v1/zabbix/template', summary: 'Export the templates for Zabbix 6.0', tag },
    input: z.strictObject({}),
    allow: (caller) => {
      caller.requireTag('monitor');
    },
    async run({ services }) {
      const [{ zabbixExport }, { ruleTriggers }] = await Promise.all([
        import('../../monitor/zabbix/index.js'),
        import('../../alerts/index.js'),
      ]);
      return zabbixExport(ruleTriggers(await exportedRulesOf(services)).triggers);
    },
  }),
];
