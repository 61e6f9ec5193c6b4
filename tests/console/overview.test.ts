/** The overview in a real browser: history of all queues, availability, and what changed lately. */
import type { Locator, Page, Request, Response } from 'playwright-core';
import { beforeAll, expect, it } from 'vitest';
import { describeConsole, itIsForAll } from './fixture.js';

const hostile = `<img src=x onerror="alert(1)"> ' " & {{7*7}}`;
const polling = { timeout: 30_000 };

describeConsole('the overview', (fixture) => {
  beforeAll(async () => {
    await fixture.call('PUT', `/v1/vhosts/${encodeURIComponent(hostile)}`);
    await fixture.call('PUT', '/v1/queues/%2F/orders', {});
    for (let message = 0; message < 20; message++)
      await fixture.call('POST', '/v1/queues/%2F/orders/messages', { text: 'a' });
  });

  const plotOf = (page: Page, title: string): Locator =>
    page.locator('figure', { has: page.getByRole('heading', { name: title, exact: true }) });

  /** What the legend of a plot says of a line. */
  async function newest(page: Page, plot: string, line: string): Promise<string | null> {
    return plotOf(page, plot).locator('.legend li', { hasText: line }).locator('strong').textContent();
  }

  it('plots all queues together, over a range that the keyboard chooses', async () => {
    const page = await fixture.signedIn();
    expect(await page.locator('canvas').count()).toBe(4);
    await expect.poll(() => newest(page, 'Queue length', 'ready'), polling).toBe('20');
    await page.getByRole('button', { name: '1 hour' }).focus();
    await page.keyboard.press('Enter');
    expect(page.url()).toContain('range=1h');
    await expect.poll(() => newest(page, 'Queue length', 'ready'), polling).toBe('20');
    await plotOf(page, 'Queue length').locator('summary').press('Enter');
    await page.getByRole('cell', { name: '20', exact: true }).first().waitFor();
  });

  it('tells rates with their unit, and spans the whole range, with what is unknown of it', async () => {
    const page = await fixture.signedIn();
    for (const name of ['published', 'delivered', 'acknowledged']) {
      const tile = page.locator('dl.figures > div', { has: page.getByRole('link', { name, exact: true }) });
      await expect.poll(() => tile.locator('dd').textContent(), polling).toMatch(/^[\d.,]+\/s$/);
    }
    await page.getByRole('button', { name: '30 days' }).press('Enter');
    const plot = plotOf(page, 'Queue length');
    await plot.locator('.legend li', { hasText: /^unknown$/ }).waitFor();
    await plot.locator('summary').press('Enter');
    const first = plot.locator('tbody tr').first();
    const daysAgo = async (): Promise<number> =>
      (Date.now() - Date.parse((await first.locator('td').first().textContent())!)) / 86_400_000;
    await expect.poll(daysAgo, polling).toBeGreaterThan(26);
    expect(await first.locator('td.number').first().textContent()).toBe('unknown');
  });

  it('plots one virtual host, whatever its name, and what it does not know is unknown', async () => {
    const page = await fixture.signedIn();
    await page.getByLabel('Shown').selectOption({ label: hostile });
    await expect.poll(() => newest(page, 'Queue length', 'ready'), polling).toBe('0');
    expect(await newest(page, 'Latency', 'in queue, median')).toBe('unknown');
    expect(new URL(page.url()).hash).toContain(`vhost=${encodeURIComponent(hostile[0]!)}`);
    await page.getByLabel('Shown').selectOption({ label: '/' });
    await expect.poll(() => newest(page, 'Queue length', 'ready'), polling).toBe('20');
  });

  it('tells what changed lately, by whom, and leads there', async () => {
    const page = await fixture.signedIn();
    const lately = page.locator('section', { has: page.getByRole('heading', { name: 'Changed lately' }) });
    await lately.getByText('Server started').waitFor();
    await fixture.call('PUT', '/v1/users/ann', { password: 'a long one, for once' });
    await fixture.call('PUT', `/v1/queues/%2F/${encodeURIComponent(hostile)}`, {});
    await lately.getByText("User added: user 'ann' by guest").waitFor();
    await lately.getByRole('link', { name: hostile }).press('Enter');
    await page.getByRole('heading', { name: hostile, exact: true }).waitFor();
  });

  it('shows whoever may only enter a virtual host that, and says what is not shown', async () => {
    await fixture.call('PUT', '/v1/users/reader', { password: 'reader', tags: ['management'] });
    await fixture.call('PUT', '/v1/permissions/%2F/reader', { configure: '', write: '', read: '.*' });
    const page = await fixture.signedIn({ user: 'reader', password: 'reader' });
    await page.getByText('is shown to those who monitor it').waitFor();
    await expect.poll(() => newest(page, 'Queue length', 'ready'), polling).toBe('20');
    expect(await page.getByRole('heading', { name: 'Availability' }).count()).toBe(0);
  });

  it('goes on when another tab of the browser has signed in anew', async () => {
    const page = await fixture.signedIn();
    const tokenOf = (response: Response): string | undefined => response.request().headers()['x-csrf-token'];
    const isTold = (response: Response): boolean => response.url().endsWith('/v1/series') && response.ok();
    const before = tokenOf(await page.waitForResponse(isTold));
    expect(before).toMatch(/./);
    await page
      .context()
      .request.post(`${fixture.url}/v1/session`, { data: { user: 'guest', password: 'guest' } });
    // Refused for the token of the session before, or told in time of the new one: the page goes on with that.
    await page.waitForResponse((response) => isTold(response) && tokenOf(response) !== before);
  });

  itIsForAll(fixture, () => [
    ['', 'section caption'],
    [`?vhost=${encodeURIComponent(hostile)}&range=30d`, 'section caption'],
  ]);

  it('still has its history after the server was started again', async () => {
    const { port } = new URL(fixture.url);
    const before = Math.floor(Date.now() / 1_000);
    await fixture.place.sluice(['stop', '--data', fixture.place.data]);
    await fixture.place.up(['--http', port, '--data', fixture.place.data]).ready;
    const page = await fixture.signedIn();
    type Asked = readonly { readonly series: string; readonly step: number }[];
    const lineOf = (request: Request): number =>
      ((request.postDataJSON() as { readonly series?: Asked } | null)?.series ?? []).findIndex(
        ({ series, step }) => series === 'sluice_engine_messages_ready' && step === 10,
      );
    const answer = page.waitForResponse((response) => lineOf(response.request()) >= 0 && response.ok());
    await page.getByRole('button', { name: '1 hour' }).press('Enter');
    const told = await answer;
    const { items } = (await told.json()) as {
      items: readonly {
        stretches: readonly { startSecond: number; values: readonly (number | null)[] }[];
      }[];
    };
    const { stretches } = items[lineOf(told.request())]!;
    const known = stretches.flatMap(({ startSecond, values }) => (startSecond < before ? values : []));
    expect(known).toContain(20);
  });
});
