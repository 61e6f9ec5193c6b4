/** The console in a real browser, on a real server: each page's main task, by keyboard. */
import type { Locator } from 'playwright-core';
import { beforeAll, expect, it } from 'vitest';
import { barriers } from './browser.js';
import { describeConsole, itIsForAll, looks } from './fixture.js';

const hostile = `<img src=x onerror="alert(1)"> ' " & {{7*7}}`;
const manyQueues = 10_000;

interface Box {
  readonly y: number;
  readonly height: number;
}

async function boxesOf(all: Locator): Promise<readonly Box[]> {
  return Promise.all((await all.all()).map(async (each) => (await each.boundingBox())!));
}

describeConsole('the console', (fixture) => {
  beforeAll(async () => {
    await fixture.call('POST', '/v1/definitions', {
      queues: Array.from({ length: manyQueues }, (_, index) => ({
        vhost: '/',
        name: `queue-${String(index).padStart(5, '0')}`,
        durable: true,
        auto_delete: false,
        arguments: {},
      })),
    });
    await fixture.call('PUT', `/v1/queues/%2F/${encodeURIComponent(hostile)}`, {});
    await fixture.call('POST', `/v1/queues/%2F/${encodeURIComponent(hostile)}/messages`, {
      text: '<script>alert(2)</script>',
    });
  });

  it('asks nothing of a first visitor that is refused', async () => {
    const page = await fixture.open();
    const refused: string[] = [];
    page.on('response', (response) => {
      if (response.status() >= 400) refused.push(`${response.status()} ${response.url()}`);
    });
    await page.reload();
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
    expect(refused).toEqual([]);
  });

  it('refuses a wrong password in words, signs in, and out', async () => {
    const page = await fixture.open();
    await page.getByLabel('User').fill('guest');
    await page.getByLabel('Password').fill('wrong');
    await page.keyboard.press('Enter');
    await page.getByText('the user name or the password is wrong').waitFor();
    expect(await page.getByLabel('Password').inputValue()).toBe('');
    await page.getByLabel('Password').fill('guest');
    await page.keyboard.press('Enter');
    await page.getByText('Signed in as guest').waitFor();
    const [cookie] = await page.context().cookies();
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Strict' });
    expect(await page.evaluate('Object.keys(localStorage)')).toEqual([]);
    await page.getByRole('button', { name: 'Sign out' }).press('Enter');
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
    expect(await page.context().cookies()).toEqual([]);
  });

  it('shows how the server is, and goes on by itself', async () => {
    const page = await fixture.signedIn();
    await page.getByText('Connected', { exact: true }).waitFor();
    const queues = page.locator('dl.figures > div', { hasText: 'Queues' }).locator('dd');
    await expect.poll(() => queues.textContent(), { timeout: 30_000 }).toBe('10,001');
    await fixture.call('PUT', '/v1/queues/%2F/one-more', {});
    await expect.poll(() => queues.textContent(), { timeout: 30_000 }).toBe('10,002');
    expect(await page.locator('canvas').count()).toBe(4);
  });

  it.each(['en-GB', 'zh-CN'])(
    'has all its pages in one row on a small screen of a desk (%s)',
    async (locale) => {
      const page = await fixture.signedIn({ locale, width: 1_024 });
      const links = page.getByRole('navigation').first().getByRole('link');
      await expect.poll(() => links.count(), { timeout: 30_000 }).toBe(9);
      const name = (await page.locator('header .name').boundingBox())!;
      const out = (await page.getByRole('button', { name: /^(Sign out|退出)$/ }).boundingBox())!;
      for (const { y, height } of [...(await boxesOf(links)), out])
        expect(Math.abs(y + height / 2 - (name.y + name.height / 2))).toBeLessThan(4);
    },
  );

  it('searches and sorts ten thousand queues by keyboard', async () => {
    const page = await fixture.signedIn();
    const pages = page.getByRole('navigation', { name: 'Pages' });
    await pages.getByRole('link', { name: 'Queues' }).press('Enter');
    await page.getByText(/^100 of 10,00\d$/).waitFor();
    await page.getByRole('searchbox').focus();
    await page.keyboard.type('queue-0424');
    await page.getByText('10 of 10', { exact: true }).waitFor();
    expect(page.url()).toContain('contains=queue-0424');
    await page.getByRole('button', { name: 'name' }).press('Enter');
    await expect
      .poll(() => page.locator('tbody tr th').first().textContent(), { timeout: 30_000 })
      .toContain('queue-04249');
    await page.getByRole('link', { name: 'queue-04243' }).press('Enter');
    await page.getByRole('heading', { name: 'queue-04243', exact: true }).waitFor();
    await page.goBack();
    await page.getByText('10 of 10', { exact: true }).waitFor();
  });

  it('publishes, looks, pauses and purges by keyboard, and asks before it harms', async () => {
    const page = await fixture.signedIn();
    await fixture.show(page, `queues/%2F/queue-00007`);
    await page.getByLabel('Body (text)').focus();
    await page.keyboard.type('{"order": 7}');
    await page.getByRole('button', { name: 'Publish', exact: true }).press('Enter');
    await page.getByText('The message is stored.').waitFor();
    await page.getByRole('button', { name: 'Look at the first messages' }).press('Enter');
    await page.getByText('"order": 7').waitFor();
    await page.getByRole('button', { name: 'Open message 0' }).press('Enter');
    await page.getByRole('button', { name: 'hex' }).press('Enter');
    await page.getByText('7b 22 6f').waitFor();
    await page.getByRole('button', { name: 'Pause' }).press('Enter');
    await page.getByRole('dialog').getByRole('button', { name: 'Pause' }).press('Enter');
    await page.getByText('queue-00007 delivers nothing now.').waitFor();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Purge' }).press('Enter');
    await page.getByText('Remove all 1 ready message of queue-00007?').waitFor();
    await page.getByText('sluice queue purge queue-00007 --vhost /').waitFor({ state: 'attached' });
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Purge' }).press('Enter');
    await page.getByRole('dialog').getByRole('button', { name: 'Purge' }).press('Enter');
    await page.getByText('1 message removed.').waitFor();
  });

  it('shows hostile names and bodies as text', async () => {
    const page = await fixture.signedIn();
    await fixture.show(page, `queues?contains=${encodeURIComponent('<img')}`);
    await page.getByRole('link', { name: hostile }).press('Enter');
    await page.getByRole('heading', { name: hostile, exact: true }).waitFor();
    await page.getByRole('button', { name: 'Look at the first messages' }).press('Enter');
    await page.getByText('<script>alert(2)</script>').waitFor();
    expect(await page.locator('main img, main script').count()).toBe(0);
  });

  it.each(looks)('lets everybody sign in ($locale, $colorScheme, $width)', async (look) => {
    const page = await fixture.open(look);
    await page.getByRole('button', { name: /^(Sign in|登录)$/ }).waitFor();
    expect(await page.locator('html').getAttribute('lang')).toBe(look.locale === 'zh-CN' ? 'zh-CN' : 'en');
    expect(await barriers(page)).toEqual([]);
  });

  itIsForAll(fixture, () => [
    ['', 'canvas'],
    ['queues', 'tbody tr'],
    ['queues/%2F/queue-00001', 'canvas'],
    ['incidents', 'h1'],
    ['figures/sluice_messages_ready', 'tr.chosen'],
    ['nowhere', 'main h1'],
  ]);
});
