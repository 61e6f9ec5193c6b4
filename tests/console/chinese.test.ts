/** The console in Chinese, in a real browser, with an incident: what the server wrote in English is read in Chinese. */
import type { Page } from 'playwright-core';
import { beforeAll, expect, it } from 'vitest';
import { describeConsole } from './fixture.js';
import { makeIncident } from './make-incident.js';

const hostile = `<b>it is over</b> {queue} $&`;
const queuePath = `/v1/queues/%2F/${encodeURIComponent(hostile)}`;
const patienceMs = 60_000;

/** For the page: its texts that hold three English words in a row, but for code, commands and the hostile name. */
const findEnglish = `(() => {
  for (const each of document.querySelectorAll('details')) each.open = true;
  const left = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    if (node.parentElement.closest('code, pre, script, style, noscript') !== null) continue;
    const own = node.textContent.replaceAll(${JSON.stringify(hostile)}, '').replaceAll(/sluice(?: [a-z-]+)+/g, '');
    if (/[A-Za-z]{2,},?(?: [a-z]{2,},?){2,}/.test(own)) left.push(node.textContent.trim());
  }
  return left;
})()`;

function englishLeft(page: Page): Promise<unknown> {
  return page.evaluate(findEnglish);
}

describeConsole('the console in Chinese', (fixture) => {
  let id = '';

  beforeAll(async () => {
    id = await makeIncident(fixture, queuePath, '{queue} has {value} messages and no consumer');
  }, 120_000);

  it('has no English sentence of the server on any page', async () => {
    const page = await fixture.signedIn({ locale: 'zh-CN' });
    const pages = [
      ['', 'h2'],
      ['incidents', 'li[data-severity]'],
      [`incidents/${id}`, 'figure canvas'],
      ['rules', 'a[href="#/rules/engine-down"]'],
      ['rules/engine-down', 'form'],
      ['remedies', 'main h1, main h2'],
      ['receivers', 'main h1'],
      ['report?since=1h', 'section'],
      ['engines/embedded', 'table:visible'],
      ['access/audit', 'table:visible'],
      ['figures', 'table:visible'],
      ['analyze?tasks=charge~3ms~10ms;report~80ms~60ms&workers=1', '#verdict-title'],
      [`queues/%2F/${encodeURIComponent(hostile)}`, 'h1'],
    ] as const;
    for (const [path, selector] of pages) {
      await fixture.show(page, path);
      await page.locator(selector).first().waitFor();
      await expect.poll(() => englishLeft(page), { timeout: patienceMs, message: path }).toEqual([]);
      expect(await page.getByText(/\d (ms|µs|s|min|h|d)$/).count(), `${path} has units in English`).toBe(0);
    }
  });

  it('tells an incident, its cause and its remedy, with names as they are', async () => {
    const page = await fixture.signedIn({ locale: 'zh-CN' });
    await fixture.show(page, `incidents/${id}`);
    await page.getByRole('heading', { name: `${hostile} 有 3 条消息，没有消费者` }).waitFor();
    await page.getByRole('heading', { name: '运维人员暂停了队列' }).waitFor();
    await page.getByText(`${hostile} 已暂停，3 条消息在等待。`).waitFor();
    expect(await page.locator('main b').count()).toBe(0);
    await page.getByRole('button', { name: '预览 恢复投递。' }).press('Enter');
    const dialog = page.getByRole('dialog');
    await dialog.getByText(`${hostile} 恢复投递：3 条消息就绪，0 条在 0 个消费者手中。`).waitFor();
    await dialog.getByText(/sluice remedy apply resume-queue/).waitFor({ state: 'attached' });
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
  });

  it('shows figures behind evidence only to whoever asks for them', async () => {
    const page = await fixture.signedIn({ locale: 'zh-CN' });
    await fixture.show(page, `incidents/${id}`);
    const figures = page.locator('details', {
      has: page.locator('summary', { hasText: '队列已暂停，有消息在等待。' }),
    });
    const figure = figures.getByText('sluice_paused').first();
    const summary = figures.locator('summary');
    await summary.waitFor();
    expect(await figure.isVisible()).toBe(false);
    await summary.focus();
    await page.keyboard.press('Enter');
    await figure.waitFor();
  });

  it('finds incidents by words in Chinese, and follows a change of the language at once', async () => {
    const page = await fixture.signedIn({ locale: 'zh-CN' });
    await fixture.show(page, 'incidents?contains=没有消费者');
    await page.getByRole('link', { name: `${hostile} 有 3 条消息，没有消费者` }).waitFor();
    await page.getByRole('button', { name: 'English' }).press('Enter');
    await page.getByRole('button', { name: '中文' }).waitFor();
    await fixture.show(page, `incidents/${id}`);
    await page.getByRole('heading', { name: 'An operator paused the queue' }).waitFor();
    await page.getByRole('button', { name: '中文' }).press('Enter');
    await page.getByRole('heading', { name: '运维人员暂停了队列' }).waitFor();
  });
});
