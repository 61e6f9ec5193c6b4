/**
 * Walks every page of the console, with something to show on each. Every name of a figure leads to what the figure
 * means; every control that acts is pressed, and has its command and its request beside it. A new page that is not
 * walked fails, and so do a figure without a link and an act without its ways. Nothing is changed on the server.
 */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeConsole, itIsForAll, type Shown } from './fixture.js';
import { isShown, pressAll, waysSeen, watchActs } from './walk/acts.js';
import { everyPage, pageOf } from './walk/every-page.js';
import { FullServer } from './walk/full-server.js';
import { figuresSeen } from './walk/seen.js';
import { wrongInCommand, wrongInRequest, type OpenApi } from './walk/ways-check.js';

const full = new FullServer();

/** Numbers that are no measure, and so have nothing to be explained: page, and the name over them. */
const noMeasures: readonly (readonly [page: RegExp, name: RegExp, why: string])[] = [
  [/^access\/audit/, /^number$/, 'the number of a record, by which it is named'],
  [/^access\/vhosts/, /^users$/, 'how many are let in: what somebody set, as the page of each tells'],
  [
    /^analyze/,
    /^(cost|period|deadline|jitter|from|to|Workers)/,
    'what one fills in, and the axis of the picture',
  ],
  [/^(new-rule|rules)/, /^State/, 'where the rule stands, in a word'],
  [/^workers/, /^(at a time|at most|deadline|place in its queue)$/, 'what somebody set, and a place'],
  [/^figures/, /^meaning$/, 'a sentence that begins with a number'],
  [/queues\//, /^(in effect|declared|policy|operator policy)/, 'what somebody set, and who'],
  [/^$/, /^span$/, 'the time that the row is about'],
];

async function shown(
  page: Page,
  [path, selector]: Shown,
  show: (path: string) => Promise<void>,
): Promise<void> {
  await show(path);
  await page.locator('main').locator(selector).first().waitFor();
  await expect.poll(() => page.getByText('Loading …').count()).toBe(0);
}

describeConsole(
  'every page of the console',
  (fixture) => {
    beforeAll(() => full.fill(fixture), 120_000);
    afterAll(() => full.close());

    it('is walked', () => {
      const walked = new Set(full.places().map(([path]) => pageOf(path)));
      expect(everyPage().filter((page) => !walked.has(page))).toEqual([]);
      expect(everyPage().length).toBeGreaterThan(20);
    });

    it('leads from every figure to what it means', async () => {
      const page = await fixture.signedIn();
      const wrong: string[] = [];
      const links = new Set<string>();
      for (const place of full.places()) {
        const [path] = place;
        await shown(page, place, (to) => fixture.show(page, to));
        for (const { text, value, link } of await page.evaluate(figuresSeen)) {
          if (link !== undefined) links.add(link);
          else if (!noMeasures.some(([where, name]) => where.test(path) && name.test(text)))
            wrong.push(`${path}: ${text} (${value})`);
        }
      }
      expect(wrong).toEqual([]);
      expect(links.size).toBeGreaterThan(30);
      for (const link of links) {
        await fixture.show(page, link.replace('#/', ''));
        await page.locator('#explained').waitFor();
      }
    }, 240_000);

    it('shows the ways of every act: a command and a request that do the same', async () => {
      const document = await fixture.call<OpenApi>('GET', '/v1/openapi.json');
      const page = await fixture.signedIn();
      await watchActs(page);
      const wrong = new Set<string>();
      const ways = new Map<string, string>();
      let acts = 0;
      for (const place of full.places()) {
        const again = (): Promise<void> => shown(page, place, (to) => fixture.show(page, to));
        await again();
        for (const act of await pressAll(page, again)) {
          acts++;
          if (!isShown(act)) wrong.add(`${place[0]}: ${act.sign}: ${act.request.method} ${act.request.path}`);
          for (const { command, request } of act.shown) ways.set(command, request);
        }
        for (const { command, request } of await waysSeen(page)) ways.set(command, request);
      }
      expect(acts).toBeGreaterThan(40);
      expect([...wrong]).toEqual([]);
      expect(ways.size).toBeGreaterThan(60);
      for (const [command, request] of ways) {
        const told = await wrongInCommand(command);
        if (told !== undefined) wrong.add(`${command}: ${told}`);
        const refused = wrongInRequest(document, request);
        if (refused !== undefined) wrong.add(`${request}: ${refused}`);
      }
      expect([...wrong]).toEqual([]);
    }, 240_000);

    itIsForAll(fixture, () => [
      ['figures', 'tbody tr'],
      ['figures/availability', '#explained'],
      ['figures/sluice_message_wait_seconds', '#explained'],
    ]);
  },
  () => full.prepare(),
);
