/** Queues by their figures, exchanges, and how they hang together, in a real browser and by keyboard. */
import type { Page } from 'playwright-core';
import { beforeAll, expect, it } from 'vitest';
import { describeConsole, itIsForAll } from './fixture.js';

const hostile = `<img src=x onerror="alert(1)"> ' " & {{7*7}}`;
const patienceMs = 30_000;

/** The names of the first queues in the list. */
async function names(page: Page, count: number): Promise<readonly string[]> {
  const all = await page.locator('tbody tr th a').allTextContents();
  return all.slice(0, count);
}

describeConsole('queues and exchanges', (fixture) => {
  beforeAll(async () => {
    const declare = (kind: string, name: string, body: unknown): Promise<unknown> =>
      fixture.call('PUT', `/v1/${kind}/%2F/${encodeURIComponent(name)}`, body);
    const bind = (source: string, destination: string, routingKey: string, destinationKind = 'queue') =>
      fixture.call('POST', '/v1/bindings', { vhost: '/', source, destination, routingKey, destinationKind });
    const dead = { 'x-dead-letter-exchange': 'dead', 'x-max-length': 1_000 };
    await declare('queues', 'orders', { arguments: dead });
    await declare('queues', 'failed', {});
    await declare('queues', hostile, {});
    await declare('exchanges', 'events', { type: 'topic' });
    await declare('exchanges', 'shop', { type: 'fanout' });
    await declare('exchanges', 'dead', { type: 'fanout' });
    await declare('exchanges', hostile, { type: 'topic' });
    await bind('events', 'orders', 'order.*');
    await bind('shop', 'events', '', 'exchange');
    await bind('dead', 'failed', '');
    await bind(hostile, hostile, hostile);
    await fixture.call('PUT', '/v1/policies/%2F/short', {
      pattern: '^orders$',
      definition: { 'max-length': 500 },
    });
    for (let count = 0; count < 3; count++)
      await fixture.call('POST', '/v1/exchanges/%2F/events/messages', { routingKey: 'order.new', text: 'x' });
  });

  it('lists queues by a figure that was chosen, and shares it as a link', async () => {
    const page = await fixture.signedIn();
    await fixture.show(page, 'queues');
    await page.getByText('Columns', { exact: true }).press('Enter');
    await page.getByRole('checkbox', { name: 'oldest message' }).press('Space');
    await page.getByRole('button', { name: 'oldest message' }).press('Enter');
    await expect.poll(() => names(page, 1), { timeout: patienceMs }).toEqual(['orders']);
    expect(page.url()).toContain('sort=-oldest_message_age_seconds');
    await page.reload();
    await page.locator('th[aria-sort=descending]', { hasText: 'oldest message' }).waitFor();
    await page
      .getByText(/sluice queue list --sort=-oldest_message_age_seconds/)
      .waitFor({ state: 'attached' });
  });

  it('shows every figure that the server tells', async () => {
    const page = await fixture.signedIn();
    await fixture.show(page, 'queues');
    await page.getByText('Columns', { exact: true }).press('Enter');
    const all = page.locator('fieldset input[type=checkbox]');
    const count = await all.count();
    for (let index = 0; index < count; index++) await all.nth(index).setChecked(true);
    await expect.poll(() => page.locator('thead th').count(), { timeout: patienceMs }).toBe(count + 2);
    await page.getByRole('link', { name: 'orders', exact: true }).waitFor();
    expect(await page.getByRole('alert').count()).toBe(0);
  });

  it('tells of one queue where it is going, what leads to it and what is in effect', async () => {
    const page = await fixture.signedIn();
    await fixture.show(page, 'queues/%2F/orders');
    await page.getByText(/x-max-length \(500\)/).waitFor();
    const picture = page.getByRole('group', { name: 'Bindings of orders as a picture' });
    for (const name of ['exchange shop', 'exchange events', 'queue orders', 'exchange dead', 'queue failed'])
      await picture.getByRole('link', { name }).waitFor();
    const rule = page.getByRole('row', { name: /^x-max-length / });
    await expect
      .poll(async () => (await rule.textContent())?.replaceAll(/\s+/g, ' '), { timeout: patienceMs })
      .toMatch(/x-max-length ?500 ?1000 ?500 counts/);
    await picture.getByRole('link', { name: 'exchange events' }).press('Enter');
    await page.getByRole('heading', { name: 'events', exact: true }).waitFor();
  });

  it('shows nothing of a queue that does not exist but that', async () => {
    const page = await fixture.signedIn();
    await fixture.show(page, 'queues/%2F/nowhere');
    await page.getByRole('alert').getByText("no queue 'nowhere'").waitFor();
    expect(await page.locator('main section').count()).toBe(0);
  });

  it.each(['queues', 'exchanges'])('shows every column of %s in a wide window', (path) =>
    fixture.expectEveryColumn(path),
  );

  it('tries a routing key, binds, unbinds, publishes and deletes, by keyboard', async () => {
    const page = await fixture.signedIn();
    await fixture.show(page, 'exchanges/%2F/events');
    const trial = page.getByRole('region', { name: 'Which queues would take it?' });
    await trial.getByLabel('routing key').fill('order.paid');
    await page.keyboard.press('Enter');
    await trial.getByRole('link', { name: 'orders' }).waitFor();
    await trial.getByLabel('routing key').fill('nothing');
    await page.keyboard.press('Enter');
    await trial.getByText(/No queue would take it/).waitFor();

    const bindings = page.getByRole('region', { name: 'Bindings from here' }).first();
    await bindings.getByLabel('To', { exact: true }).fill('failed');
    await bindings.getByLabel('routing key').fill('oops');
    await page.keyboard.press('Enter');
    await page.getByText('The binding is there.').waitFor();
    await bindings.getByRole('button', { name: 'Unbind failed oops' }).press('Enter');
    const dialog = page.getByRole('dialog');
    await dialog
      .getByText('sluice binding delete events failed --vhost / --key oops')
      .waitFor({ state: 'attached' });
    await dialog.getByRole('button', { name: 'Unbind' }).press('Enter');
    await page.getByText('The binding is removed.').waitFor();

    const publish = page.getByRole('region', { name: 'Publish to events' });
    await publish.getByLabel('routing key').fill('order.new');
    await publish.getByLabel('Body (text)').fill('hello');
    await publish.getByRole('button', { name: 'Publish' }).press('Enter');
    await page.getByText('The message is stored.').waitFor();
  });

  it('declares a queue with arguments, says what is wrong with them, and forgets nothing', async () => {
    const page = await fixture.signedIn();
    await fixture.show(page, 'queues');
    await page.getByText('Declare a queue').press('Enter');
    await page.getByLabel('Name', { exact: true }).fill('made here');
    await page.getByLabel('x-max-length', { exact: true }).fill('many');
    await page.getByRole('button', { name: 'Declare', exact: true }).press('Enter');
    await page.getByText('Not as it should be: x-max-length').waitFor();
    expect(await page.getByLabel('Name', { exact: true }).inputValue()).toBe('made here');
    await page.getByLabel('x-max-length', { exact: true }).fill('7');
    await page.getByLabel('x-order', { exact: true }).selectOption('deadline');
    await page.getByText(`sluice queue declare 'made here'`).waitFor({ state: 'attached' });
    await page.getByRole('button', { name: 'Declare', exact: true }).press('Enter');
    await page.getByRole('heading', { name: 'made here', exact: true }).waitFor();
    const made = await fixture.call<{ arguments: unknown }>('GET', '/v1/queues/%2F/made%20here');
    expect(made.arguments).toEqual({ 'x-max-length': 7, 'x-order': 'deadline' });
  });

  it('declares an exchange, finds it in the list and deletes it', async () => {
    const page = await fixture.signedIn();
    await page.getByRole('link', { name: 'Exchanges' }).press('Enter');
    await page.getByText('Declare an exchange').press('Enter');
    await page.getByLabel('Name', { exact: true }).fill('news');
    await page.getByRole('combobox', { name: 'Type', exact: true }).selectOption('topic');
    await page.getByRole('button', { name: 'Declare', exact: true }).press('Enter');
    await page.getByRole('heading', { name: 'news', exact: true }).waitFor();
    await page.getByRole('button', { name: 'Delete' }).press('Enter');
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).press('Enter');
    await page.getByText('news is deleted.').waitFor();
    await page.getByRole('searchbox').fill('news');
    await page.getByText('No exchange has this in its name.').waitFor();
  });

  it('shows hostile names as text', async () => {
    const page = await fixture.signedIn();
    for (const kind of ['exchanges', 'queues']) {
      await fixture.show(page, `${kind}/%2F/${encodeURIComponent(hostile)}`);
      await page.getByRole('heading', { name: hostile, exact: true }).waitFor();
      await page.locator('svg a').nth(1).waitFor();
      expect(await page.locator('main img').count()).toBe(0);
    }
  });

  itIsForAll(fixture, () => [
    ['queues?columns=ready,seconds_to_drain,message_wait_seconds_p99', 'tbody tr'],
    ['queues/%2F/orders', 'svg a'],
    ['exchanges', 'tbody tr'],
    ['exchanges/%2F/events', 'svg a'],
  ]);
});
