/** What somebody meets in their first hours: sessions that end, clocks that differ, servers that stand still. */
import { expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { signIn } from './browser.js';
import { describeConsole, type ConsoleFixture } from './fixture.js';

const polling = { timeout: 30_000 };

interface SessionRow {
  readonly id: string;
}

async function endSessions(fixture: ConsoleFixture): Promise<void> {
  const { items } = await fixture.call<{ items: readonly SessionRow[] }>('GET', '/v1/sessions');
  for (const { id } of items) await fixture.call('DELETE', `/v1/sessions/${id}`);
}

/** The form of a new rule, with a name typed. */
async function halfFilled(fixture: ConsoleFixture, page: Page): Promise<void> {
  await fixture.show(page, 'new-rule');
  await page.locator('#rule-name').fill('half-filled');
}

describeConsole('the console in the hands of a stranger', (fixture) => {
  it('keeps what was typed when the session ends, and goes on after signing in', async () => {
    const page = await fixture.signedIn();
    await halfFilled(fixture, page);
    await endSessions(fixture);
    await page.getByText('You are signed out.').waitFor();
    for (const key of ['Escape', 'Escape']) await page.keyboard.press(key);
    expect(await page.locator('input[name="user"]').inputValue()).toBe('guest');
    await signIn(page);
    expect(await page.locator('#rule-name').inputValue()).toBe('half-filled');
    await page.getByText('Connected', { exact: true }).waitFor();
    // What is done next is done with the new session.
    await page.getByRole('button', { name: 'Sign out' }).press('Enter');
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
    expect(await page.locator('#rule-name').count()).toBe(0);
  });

  it('leaves nothing of a page to somebody else who signs in after a session ended', async () => {
    await fixture.call('PUT', '/v1/users/other', { password: 'some other person', tags: ['administrator'] });
    const page = await fixture.signedIn();
    await halfFilled(fixture, page);
    await endSessions(fixture);
    await page.getByText('You are signed out.').waitFor();
    await signIn(page, 'other', 'some other person');
    await page.getByText('Signed in as other').waitFor();
    await expect.poll(() => page.locator('#rule-name').inputValue(), polling).toBe('');
  });

  it('signs out in every tab at once, and in again', async () => {
    const page = await fixture.signedIn();
    const second = await page.context().newPage();
    await second.goto(`${fixture.url}/#/figures`);
    await second.getByRole('heading', { name: 'Figures' }).waitFor();
    await page.getByRole('button', { name: 'Sign out' }).press('Enter');
    await second.getByRole('button', { name: 'Sign in' }).waitFor();
    await signIn(page);
    await second.evaluate("window.dispatchEvent(new Event('focus'))");
    await second.getByRole('heading', { name: 'Figures' }).waitFor();
  });

  it('plots by the time of the server, whatever the browser takes for the time', async () => {
    await fixture.call('PUT', '/v1/queues/%2F/timed', {});
    for (const minutes of [-30, 30]) {
      const page = await fixture.open();
      await page.clock.setSystemTime(Date.now() + minutes * 60_000);
      await signIn(page);
      const plot = page
        .getByRole('figure')
        .filter({ has: page.getByRole('heading', { name: 'Queue length' }) });
      await expect.poll(() => plot.getByRole('listitem').first().textContent(), polling).toContain('0');
    }
  });

  it('says that a server which stands still does not answer, and goes on with it', async () => {
    const page = await fixture.signedIn();
    await page.getByText('Connected', { exact: true }).waitFor();
    process.kill(fixture.pid, 'SIGSTOP');
    try {
      await page.getByText('The server does not answer.').waitFor();
    } finally {
      process.kill(fixture.pid, 'SIGCONT');
    }
    await page.getByText('Connected', { exact: true }).waitFor();
    await page.getByText('The server does not answer.').waitFor({ state: 'detached' });
  });

  it('loads a page that could not come as soon as it can', async () => {
    const page = await fixture.signedIn();
    await page.route(/\/(healthz|console\/assets\/)/, (route) => route.abort());
    await page.getByRole('link', { name: 'Figures' }).press('Enter');
    await page.getByRole('heading', { name: 'This page could not be loaded.' }).waitFor();
    await page.unroute(/\/(healthz|console\/assets\/)/);
    await page.getByRole('heading', { name: 'Figures', exact: true }).waitFor();
  });
});
