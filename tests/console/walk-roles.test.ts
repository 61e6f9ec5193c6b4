/**
 * Walks every page as users of several roles. No control that they are offered makes a request which the API would
 * refuse them, by what the OpenAPI document says that it needs; and every page says something to everybody.
 */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { holds, type Role } from '../http/rights-roles.js';
import { describeConsole } from './fixture.js';
import { pressAll, refusedIn, watchActs, type Act } from './walk/acts.js';
import { FullServer } from './walk/full-server.js';
import { operationOf, type OpenApi } from './walk/ways-check.js';

const full = new FullServer();
const nothing = { configure: '^$', write: '^$', read: '^$' };

const roles: readonly Role[] = [
  { name: 'reader', tags: ['management'], rights: { ...nothing, read: '^(orders|graves)$' } },
  { name: 'watcher', tags: ['monitoring'] },
  { name: 'keeper', tags: ['administrator'] },
  { name: 'policymaker', tags: ['policymaker', 'monitoring'], rights: nothing },
];

/** Pages that tell whoever may not monitor the server which tag is missing, and then ask for nothing. */
const monitored = /^(incidents|engines|rules|new-rule|silences|remedies|receivers|report)/;

/** The fields of a request: parts of its path, and its body. */
function fieldsOf(template: string, { path, body }: Act['request']): Record<string, unknown> {
  const parts = path.split('/').map(decodeURIComponent);
  const named = template.split('/').flatMap((part, index) => {
    const [, name] = /^\{(\w+)\}$/.exec(part) ?? [];
    return name === undefined ? [] : [[name, parts[index]] as const];
  });
  return { ...(body === '' ? {} : (JSON.parse(body) as object)), ...Object.fromEntries(named) };
}

function mayAct(document: OpenApi, role: Role, { request }: Act): boolean {
  const found = operationOf(document, request.method, request.path);
  if (found === undefined) return false;
  const rights = found.operation['x-sluice-needs'];
  const fields = fieldsOf(found.name.split(' ')[1]!, request);
  const isElsewhere = 'engine' in fields && fields['engine'] !== 'embedded';
  const needs = (isElsewhere ? rights?.elsewhere : undefined) ?? rights?.needs ?? [];
  return needs.every((need) => holds(role, need, fields));
}

describeConsole(
  'every page of the console, by role',
  (fixture) => {
    beforeAll(async () => {
      await full.fill(fixture);
      for (const { name, tags, rights } of roles) {
        await fixture.call('PUT', `/v1/users/${name}`, { password: name, tags });
        if (rights !== undefined) await fixture.call('PUT', `/v1/permissions/%2F/${name}`, rights);
      }
    }, 120_000);
    afterAll(() => full.close());

    it.each(roles)(
      'offers $name nothing that the API refuses',
      async (role) => {
        const document = await fixture.call<OpenApi>('GET', '/v1/openapi.json');
        const page = await fixture.signedIn({ user: role.name, password: role.name });
        await watchActs(page);
        const wrong = new Set<string>();
        for (const [path] of full.places()) {
          const again = async (): Promise<void> => {
            await fixture.show(page, path);
            await page.locator('main h1, main h2, main p').first().waitFor();
            await expect.poll(() => page.getByText('Loading …').count()).toBe(0);
          };
          const before = (await refusedIn(page)).length;
          await again();
          if (monitored.test(path)) {
            const sees = role.tags.some((tag) => tag === 'monitoring' || tag === 'administrator');
            await expect
              .poll(() => page.locator('[data-missing-right]').count(), { message: path, timeout: 30_000 })
              .toBe(sees ? 0 : 1);
            if (!sees) expect((await refusedIn(page)).slice(before), path).toEqual([]);
          }
          for (const act of await pressAll(page, again))
            if (!mayAct(document, role, act))
              wrong.add(`${path}: ${act.sign}: ${act.request.method} ${act.request.path}`);
          expect((await page.locator('main').innerText()).length, path).toBeGreaterThan(10);
        }
        expect([...wrong]).toEqual([]);
      },
      240_000,
    );
  },
  () => full.prepare(),
);
