/** Incidents in a real browser, on a real server with a real incident: a paused queue in which messages wait. */
import type { Page } from 'playwright-core';
import { beforeAll, expect, it } from 'vitest';
import { describeConsole, itIsForAll } from './fixture.js';
import { makeIncident } from './make-incident.js';

const hostile = `<img src=x onerror="alert(1)"> * [o]`;
const queuePath = `/v1/queues/%2F/${encodeURIComponent(hostile)}`;
const patienceMs = 60_000;

describeConsole("the console's incidents", (fixture) => {
  let id = '';

  beforeAll(async () => {
    id = await makeIncident(fixture, queuePath, '{queue} waits');
  }, 120_000);

  async function shown(): Promise<Page> {
    const page = await fixture.signedIn();
    await fixture.show(page, `incidents/${id}`);
    await page.getByRole('heading', { name: `${hostile} waits` }).waitFor();
    return page;
  }

  it('are found by severity and text, and the address says so', async () => {
    const page = await fixture.signedIn();
    await page.getByRole('link', { name: 'Incidents' }).first().press('Enter');
    await page.getByRole('link', { name: `${hostile} waits` }).waitFor();
    await page.getByRole('searchbox').focus();
    await page.keyboard.type('no such title');
    await page.getByText('No incident fits.').waitFor();
    expect(page.url()).toContain('contains=no+such+title');
    await page.getByRole('searchbox').fill('waits');
    await page.getByLabel('Severity').focus();
    await page.keyboard.press('c');
    await expect.poll(() => page.url(), { timeout: patienceMs }).toContain('severity=critical');
    await page.getByRole('link', { name: `${hostile} waits` }).press('Enter');
    await page.getByRole('heading', { name: `${hostile} waits` }).waitFor();
    expect(await page.locator('main img').count()).toBe(0);
  });

  it('are acknowledged, commented on and silenced by keyboard', async () => {
    const page = await shown();
    await page.getByRole('button', { name: 'Acknowledge' }).press('Enter');
    await page.locator('h1:focus').waitFor();
    await page.getByText('guest looks after it').waitFor();
    await page.getByLabel('Comment').focus();
    await page.keyboard.type('<b>the shop is closed</b>');
    await page.keyboard.press('Enter');
    const timeline = page.getByRole('list', { name: 'Timeline' });
    await timeline.getByText('<b>the shop is closed</b>').waitFor();
    await expect.poll(() => page.getByLabel('Comment').inputValue(), { timeout: patienceMs }).toBe('');
    await page.getByLabel('Reason').focus();
    await page.keyboard.type('a deployment');
    await page.keyboard.press('Enter');
    const end = page.getByRole('button', { name: 'End it now a deployment' });
    await end.waitFor();
    const { items } = await fixture.call<{ items: readonly { reason: string }[] }>('GET', '/v1/silences');
    expect(items).toMatchObject([{ reason: 'a deployment', by: 'guest' }]);
    await end.press('Enter');
    await page.getByText('The silence is over.').waitFor();
    await end.waitFor({ state: 'detached' });
  });

  it('are mended by a remedy that is looked at first, and undone by keyboard', async () => {
    const page = await shown();
    await page.getByText('An operator paused the queue').first().waitFor();
    await page.locator('figure canvas').first().waitFor();
    await page.getByRole('button', { name: /^Preview Let it deliver again/ }).press('Enter');
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('list', { name: 'What it does' }).waitFor();
    await dialog.getByText(/sluice remedy apply resume-queue/).waitFor({ state: 'attached' });
    await dialog.getByLabel('Reason').focus();
    await page.keyboard.type('it is open again');
    await dialog.getByRole('button', { name: 'Apply' }).press('Enter');
    await page.getByText('The remedy is applied.').waitFor();
    await dialog.waitFor({ state: 'detached' });
    const { paused } = await fixture.call<{ paused: boolean }>('GET', queuePath);
    expect(paused).toBe(false);
    await page.getByText('it is open again').first().waitFor();
    await page.getByRole('button', { name: 'Undo resume-queue' }).press('Enter');
    await dialog.getByText('Undo resume-queue?').waitFor();
    await dialog.getByRole('button', { name: 'Undo' }).press('Enter');
    await page.getByText('The remedy is undone.').waitFor();
    await page.getByRole('article').getByText('undone', { exact: true }).waitFor();
    const after = await fixture.call<{ paused: boolean }>('GET', queuePath);
    expect(after.paused).toBe(true);
  });

  it('tell somebody who only monitors what is left to administrators', async () => {
    await fixture.call('PUT', '/v1/users/watcher', { password: 'w', tags: ['monitoring'] });
    const page = await fixture.signedIn({ user: 'watcher', password: 'w' });
    await fixture.show(page, `incidents/${id}`);
    await page.getByRole('button', { name: /^Preview Let it deliver again/ }).press('Enter');
    const dialog = page.getByRole('dialog');
    await dialog.getByText('Administrators apply and undo; you can ask for it.').waitFor();
    await dialog.getByRole('button', { name: 'Ask for it' }).press('Enter');
    await page.getByText('It waits for an administrator.').waitFor();
    const other = await shown();
    await other.getByRole('button', { name: 'Refuse' }).press('Enter');
    await other.getByRole('dialog').getByRole('button', { name: 'Refuse' }).press('Enter');
    await other.getByRole('article').getByText('refused', { exact: true }).waitFor();
  });

  itIsForAll(fixture, () => [
    ['incidents', 'li[data-severity]'],
    [`incidents/${id}`, 'figure canvas'],
  ]);
});
