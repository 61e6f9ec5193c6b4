/** Every operation that is no GET says what it leaves in the audit log: in the table, the OpenAPI document, docs/audit.md. */
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { auditEvents } from '../../access/index.js';
import { operationAudit } from '../../operations/testing/operation-audit.js';
import { rabbitRoutes } from '../rabbitmq/rabbit-routes.js';
import { rabbitAuditTable } from '../rabbitmq/testing/rabbit-audit.js';
import { auditDocument } from '../testing/audit-document.js';
import { auditTable } from './audit-table.js';
import { openApi } from './open-api.js';
import { rightsTable } from './rights-table.js';
import { routeTable } from './route-table.js';

it('has a line for each operation that is no GET, and no other', () => {
  const changing = [...rightsTable.keys()].filter((name) => !name.startsWith('GET '));
  expect([...auditTable.keys()].sort()).toEqual(changing.sort());
});

it('has a line for each such route of RabbitMQ, and for the GET that changes something', () => {
  const changing = rabbitRoutes.filter(({ method }) => method !== 'GET');
  const names = [...changing.map(({ method, path }) => `${method} ${path}`), 'GET /aliveness-test/{vhost}'];
  expect([...rabbitAuditTable.keys()].sort()).toEqual(names.sort());
});

it('is told by the OpenAPI document', () => {
  const paths = openApi(routeTable, '0.0.0')['paths'] as Record<string, Record<string, object>>;
  for (const [name, leaves] of auditTable) {
    const [method = '', path = ''] = name.split(' ');
    expect(paths[path]?.[method.toLowerCase()], name).toMatchObject({ 'x-sluice-audit': leaves });
  }
});

const acts = Object.entries(operationAudit).flatMap(([operation, event]) =>
  event === 'reads' ? [] : [[operation, { event }] as const],
);

it('names each event of an act that the log knows', () => {
  const known = new Set<string>(acts.map(([, { event }]) => event));
  for (const each of [...auditTable.values(), ...rabbitAuditTable.values()])
    if ('event' in each) known.add(each.event);
  // By the server itself, and what follows from an act.
  const others = [
    ...['access-refused', 'audit-dropped', 'audit-opened', 'audit-recovered', 'first-user-created'],
    ...['redrive-ended', 'store-created', 'tls-reloaded'],
  ];
  expect([...known, ...others].sort()).toEqual([...auditEvents].sort());
});

it('is docs/audit.md (write it anew with `npx vitest run src/http/api/audit-table.test.ts -u`)', async () => {
  const file = fileURLToPath(new URL('../../../docs/audit.md', import.meta.url));
  const control = new Map(acts);
  await expect(auditDocument({ own: auditTable, rabbit: rabbitAuditTable, control })).toMatchFileSnapshot(
    file,
  );
});
