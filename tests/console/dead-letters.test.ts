/** The console's pages about dead letters, by keyboard, with hostile errors, names and bodies. */
import { beforeAll, expect, it } from 'vitest';
import { describeConsole, itIsForAll } from './fixture.js';

const hostile = `<img src=x onerror="alert(1)"> ' {{7*7}}`;
const graves = 'dead-letters/%2F/graves';

const stackAt = (line: number): string =>
  [
    `TypeError: order ${line} has no total ${hostile}`,
    `    at totalOf (file:///srv/${line}/src/orders.js:${line}:11)`,
    `    at async charge (/srv/${line}/src/worker.js:${line}:5)`,
  ].join('\n');

const python = [
  'Traceback (most recent call last):',
  '  File "/srv/worker/main.py", line 3, in handle',
  `RuntimeError: ${hostile}`,
].join('\n');

interface Peeked {
  readonly items: readonly { readonly body: string }[];
}

describeConsole('dead letters in the console', (fixture) => {
  async function bury(properties: object, content: object): Promise<void> {
    const { items } = await fixture.call<{ items: readonly { position: number }[] }>(
      'GET',
      '/v1/queues/%2F/orders/messages',
    );
    expect(items).toEqual([]);
    await fixture.call('POST', '/v1/queues/%2F/orders/messages', {
      ...content,
      properties: { deliveryMode: 2, ...properties },
    });
    const peeked = await fixture.call<{ items: readonly { position: number }[] }>(
      'GET',
      '/v1/queues/%2F/orders/messages',
    );
    const { position } = peeked.items[0]!;
    await fixture.call('POST', `/v1/queues/%2F/orders/messages/${position}/dead-letter`, {
      reason: hostile,
    });
  }

  async function inOrders(): Promise<string[]> {
    const { items } = await fixture.call<Peeked>('GET', '/v1/queues/%2F/orders/messages?count=100');
    return items.map(({ body }) => Buffer.from(body, 'base64').toString('utf8'));
  }

  beforeAll(async () => {
    await fixture.call('PUT', '/v1/queues/%2F/graves', {});
    await fixture.call('PUT', '/v1/queues/%2F/orders', {
      arguments: { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': 'graves' },
    });
    for (const line of [1, 2, 3])
      await bury(
        { messageId: `o-${line}`, headers: { 'x-exception-stacktrace': stackAt(line) } },
        { json: { order: line, note: hostile } },
      );
    await bury({ contentType: 'application/json' }, { text: `{"broken": ${hostile}` });
    await bury({ contentType: 'application/json' }, { text: JSON.stringify({ traceback: python }) });
  });

  it('finds the queue, groups its letters and shows hostile ones as text', async () => {
    const page = await fixture.signedIn();
    await page.getByRole('link', { name: 'Dead letters' }).press('Enter');
    await page.getByRole('link', { name: 'graves' }).press('Enter');
    await page.getByText('Looked at 5 of 5 letters.').waitFor();
    await page.getByText('3 letters', { exact: true }).waitFor();
    await page.getByText('totalOf @ src/orders.js').waitFor();
    const group = page.locator('section', { hasText: 'totalOf @ src/orders.js' });
    await group.getByText('Error and stack of the latest').press('Enter');
    await group.getByText('TypeError: order 3 has no total').waitFor();
    await group.getByRole('button', { name: 'Look at the letters' }).press('Enter');
    await group.getByText('goes back to orders').first().waitFor();
    expect(page.url()).toContain('group=');
    expect(await page.locator('main img, main script').count()).toBe(0);
  });

  it('edits one letter, and sends it after a dry run', async () => {
    const page = await fixture.signedIn();
    await fixture.show(page, graves);
    const group = page.locator('section', { hasText: '1 letter' }).first();
    await group.waitFor();
    await page.getByRole('button', { name: 'Look at the letters' }).nth(1).press('Enter');
    await page.getByRole('button', { name: /^Edit \d+$/ }).press('Enter');
    const form = page.getByRole('form', { name: /^Edit letter/ });
    const body = form.getByLabel('Body');
    const was = await body.inputValue();
    await body.focus();
    await page.keyboard.press('Control+A');
    await page.keyboard.type('{"fixed": ');
    await form.getByRole('button', { name: 'Dry run of the edited letter' }).press('Enter');
    await form.getByText('this is none').waitFor();
    expect(await body.inputValue()).toBe('{"fixed": ');
    await body.focus();
    await page.keyboard.press('End');
    await page.keyboard.type('true}');
    await form.getByRole('button', { name: 'Dry run of the edited letter' }).press('Enter');
    const dialog = page.getByRole('dialog');
    await dialog.getByText('Would send 1 of 1 letter.').waitFor();
    await dialog.getByText('1 to orders').waitFor();
    await dialog.getByText('nobody consumes from it').waitFor();
    expect(await inOrders()).toEqual([]);
    await dialog.getByRole('button', { name: 'Send 1 letter' }).press('Enter');
    await dialog.waitFor({ state: 'detached' });
    await expect.poll(inOrders, { timeout: 30_000 }).toEqual(['{"fixed": true}']);
    expect(was).not.toBe('');
    await page.getByText(/sent 1 of 1/).waitFor();
  });

  it('sends a group slowly, shows how it goes, and cancels', async () => {
    const page = await fixture.signedIn();
    await fixture.show(page, graves);
    const group = page.locator('section', { hasText: 'totalOf @ src/orders.js' });
    await group.getByRole('button', { name: 'Redrive group' }).press('Enter');
    const dialog = page.getByRole('dialog');
    await dialog.getByText('Would send 3 of 3 letters.').waitFor();
    await dialog.getByLabel(/^At most so many a second/).focus();
    await page.keyboard.type('0.01');
    await page.keyboard.press('Tab');
    await dialog.getByText('--rate 0.01').waitFor({ state: 'attached' });
    await dialog.getByRole('button', { name: 'Send 3 letters' }).press('Enter');
    await dialog.waitFor({ state: 'detached' });
    await page.getByText(/sent 1 of 3/).waitFor();
    await page.getByRole('button', { name: 'Cancel redrive' }).press('Enter');
    await page.getByText('cancelled', { exact: true }).waitFor();
    await page.getByText('Looked at 3 of 3 letters.').waitFor();
    expect(await inOrders()).toHaveLength(2);
  });

  itIsForAll(fixture, () => [
    ['dead-letters', 'tbody tr'],
    [graves, 'section svg'],
  ]);
});
