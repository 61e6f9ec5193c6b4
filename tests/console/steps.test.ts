/** Going back and forward in a real browser: pages are where they were, also when what they show arrives late. */
import type { Page } from 'playwright-core';
import { beforeAll, expect, it } from 'vitest';
import { describeConsole } from './fixture.js';

const queues = 250;
const row = 'queue-150';

const placeOf = (page: Page): Promise<number> => page.evaluate('Math.round(scrollY)');

describeConsole('the history of the console', (fixture) => {
  beforeAll(async () => {
    await fixture.call('POST', '/v1/definitions', {
      queues: Array.from({ length: queues }, (_, index) => ({
        ...{ vhost: '/', name: `queue-${String(index).padStart(3, '0')}` },
        ...{ durable: true, auto_delete: false, arguments: {} },
      })),
    });
  });

  /** A list of which more was shown, far down, and the page of a queue that was opened from there. */
  async function openedFromFarDown(page: Page): Promise<number> {
    await fixture.show(page, 'queues');
    await page.getByText(`100 of ${queues}`).waitFor();
    await page.getByRole('button', { name: 'Show more' }).press('Enter');
    await page.getByText(`200 of ${queues}`).waitFor();
    const link = page.getByRole('link', { name: row, exact: true });
    await link.focus();
    const place = await placeOf(page);
    expect(place).toBeGreaterThan(1_000);
    await link.press('Enter');
    await page.getByRole('heading', { name: row, exact: true }).waitFor();
    return place;
  }

  it('begins a new page at its top, and comes back to where a long list was', async () => {
    const page = await fixture.signedIn();
    const place = await openedFromFarDown(page);
    expect(await placeOf(page)).toBe(0);
    await page.goBack();
    await page.getByText(`200 of ${queues}`).waitFor();
    await expect.poll(() => placeOf(page)).toBe(place);
    await page.goForward();
    await page.getByRole('heading', { name: row, exact: true }).waitFor();
    await expect.poll(() => placeOf(page)).toBe(0);
  });

  it('waits with that for a list that arrives late, and leaves whoever acts where they are', async () => {
    const page = await fixture.signedIn();
    const place = await openedFromFarDown(page);
    let answer!: () => void;
    const late = new Promise<void>((resolve) => (answer = resolve));
    await page.route(/\/v1\/queues\?/, async (route) => {
      await late;
      await route.continue();
    });
    await page.goBack();
    await page.getByText('Loading …').first().waitFor();
    expect(await placeOf(page)).toBeLessThan(place);
    answer();
    await expect.poll(() => placeOf(page)).toBe(place);
    await page.keyboard.press('Home');
    await expect.poll(() => placeOf(page)).toBe(0);
  });

  it('finds the place again after the page was loaded anew', async () => {
    const page = await fixture.signedIn();
    const place = await openedFromFarDown(page);
    await page.goBack();
    await expect.poll(() => placeOf(page)).toBe(place);
    await page.reload();
    await page.getByText(`200 of ${queues}`).waitFor();
    await expect.poll(() => placeOf(page)).toBe(place);
  });
});
