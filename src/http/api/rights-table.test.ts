/** Every operation says what it needs, in the table, in the OpenAPI document and in docs/rights.md. */
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { rightsDocument } from '../testing/rights-document.js';
import { openApi } from './open-api.js';
import { rightsTable } from './rights-table.js';
import { routeTable } from './route-table.js';

const document = openApi(routeTable, '0.0.0');
const operations = Object.entries(document['paths'] as Record<string, Record<string, object>>).flatMap(
  ([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      name: `${method.toUpperCase()} ${path}`,
      operation,
    })),
);

it('has a line for each operation of the API, and no other', () => {
  expect([...rightsTable.keys()].sort()).toEqual(operations.map(({ name }) => name).sort());
});

it('is told by the OpenAPI document', () => {
  for (const { name, operation } of operations)
    expect(operation, name).toMatchObject({
      description: expect.stringMatching(/^Needs /) as string,
      'x-sluice-needs': { needs: rightsTable.get(name)?.needs },
    });
});

it('names fields of its request alone', () => {
  for (const { name, operation } of operations) {
    const { parameters = [], requestBody } = operation as {
      parameters?: { name: string }[];
      requestBody?: { content: Record<string, { schema: { properties?: object } }> };
    };
    const inBody = requestBody?.content['application/json']?.schema.properties ?? {};
    const fields = ['vhost', ...parameters.map((each) => each.name), ...Object.keys(inBody)];
    const { needs, elsewhere } = rightsTable.get(name)!;
    for (const [, field] of JSON.stringify([needs, elsewhere]).matchAll(/\{(\w+)\}/g))
      expect(fields, `${name}: ${field!}`).toContain(field);
  }
});

it('is docs/rights.md (write it anew with `npx vitest run -u src/http/api/rights-table.test.ts`)', async () => {
  const file = fileURLToPath(new URL('../../../docs/rights.md', import.meta.url));
  await expect(rightsDocument(rightsTable)).toMatchFileSnapshot(file);
});
