/** Rules in a real browser, on a real server: tried on recorded history, put in force, and removed. */
import { beforeAll, expect, it, vi } from 'vitest';
import { describeConsole, itIsForAll } from './fixture.js';

const hostile = `orders <img src=x onerror="alert(1)">`;
const patienceMs = 60_000;

interface Replayed {
  readonly notifications: { readonly fired: number };
}

describeConsole("the console's rules", (fixture) => {
  beforeAll(async () => {
    const path = `/v1/queues/%2F/${encodeURIComponent(hostile)}`;
    await fixture.call('PUT', path, {});
    await fixture.call('POST', `${path}/messages`, { text: 'an order' });
    const rule = { name: 'probe', metric: 'sluice_messages_ready', above: 0 };
    const isRecorded = async (): Promise<boolean> => {
      const body = { rule, sinceMs: 3_600_000 };
      const replayed = await fixture.call<Replayed>('POST', '/v1/alert-rules/backtest', body);
      return replayed.notifications.fired > 0;
    };
    // History is written in steps of ten seconds.
    await vi.waitUntil(isRecorded, { timeout: patienceMs, interval: 1_000 });
  }, 120_000);

  it('are written, tried on history while they change, put in force and removed by keyboard', async () => {
    const page = await fixture.signedIn();
    await fixture.show(page, 'rules');
    await page.getByRole('link', { name: 'New rule' }).press('Enter');
    await page.getByRole('heading', { name: 'New rule' }).waitFor();
    await page.getByText(/It would have fired 0 ×/).waitFor();
    await page.getByLabel('Name name').focus();
    await page.keyboard.type('orders-wait');
    await page.getByLabel('More than above').focus();
    await page.keyboard.press('Control+A');
    await page.keyboard.type('0');
    await page.getByLabel('Holds for for', { exact: true }).focus();
    await page.keyboard.press('Control+A');
    await page.keyboard.type('0s');
    await page.getByText(/It would have fired 1 ×/).waitFor();
    await page.locator('pre', { hasText: 'above: 0' }).waitFor();
    await page.getByText(/^Stretches as a table/).press('Enter');
    await page.getByRole('row', { name: /firing.*goes on/ }).waitFor();
    await page.getByRole('button', { name: 'Put in force' }).press('Enter');
    await page.getByRole('heading', { name: 'orders-wait' }).waitFor();
    await page.getByText('This rule was put here or through the API.').waitFor();
    await page.getByRole('button', { name: 'Delete' }).press('Enter');
    await page.getByText('sluice alert rule delete orders-wait').waitFor({ state: 'attached' });
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).press('Enter');
    await page.getByText('orders-wait is removed.').waitFor();
    await page.getByRole('row', { name: /no-consumers/ }).waitFor();
  });

  it('say beside the field what is wrong, and lose nothing that was typed', async () => {
    const page = await fixture.signedIn();
    await fixture.show(page, 'new-rule');
    const metric = page.getByLabel('Figure metric');
    await metric.fill('sluice_nothing');
    await page.locator('#problem-metric').waitFor();
    expect(await metric.getAttribute('aria-invalid')).toBe('true');
    await page.getByLabel('More than above').fill('many');
    await page.getByText('must be a number').waitFor();
    expect(await page.getByRole('button', { name: 'Put in force' }).isDisabled()).toBe(true);
    expect(await metric.inputValue()).toBe('sluice_nothing');
    await metric.fill('sluice_messages_ready');
    await page.getByLabel('More than above').fill('5');
    await page.locator('#problem-metric').waitFor({ state: 'detached' });
  });

  it('keep their words whole in a narrow window, so that a line is no taller than its text', async () => {
    const page = await fixture.signedIn({ locale: 'zh-CN', width: 360 });
    await fixture.show(page, 'rules');
    await page.getByRole('link', { name: 'backlog-forecast' }).waitFor();
    for (const row of await page.locator('main tbody tr').all())
      expect((await row.boundingBox())!.height).toBeLessThan(120);
  });

  it('are found by where they stand, and are not changed by those who only monitor', async () => {
    await fixture.call('PUT', '/v1/users/watcher', { password: 'w', tags: ['monitoring'] });
    const page = await fixture.signedIn({ user: 'watcher', password: 'w' });
    await fixture.show(page, 'rules?contains=disk&state=quiet');
    await page.getByRole('link', { name: 'disk-low' }).press('Enter');
    await page.getByText('Administrators and policymakers change rules').waitFor();
    expect(await page.getByRole('button', { name: 'Put in force' }).count()).toBe(0);
    expect(await page.getByLabel('Figure metric').isDisabled()).toBe(true);
  });

  itIsForAll(fixture, () => [
    ['rules', 'tbody tr'],
    ['rules/no-consumers', 'section canvas'],
    ['new-rule', 'section canvas'],
  ]);
});
