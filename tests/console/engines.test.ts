/**
 * Engines beside the own one in a real browser: another Sluice server and, where it is installed, a RabbitMQ, seen and
 * worked on by keyboard on the pages of the own queues and exchanges.
 */
import type { Page } from 'playwright-core';
import { afterAll, describe, expect, it } from 'vitest';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeWorkplace, type ReadyLine, type Server, type Workplace } from '../cli/sluice.js';
import { besideAddress } from '../engines/beside.js';
import type { BrokerServer } from '../support/server.mjs';
import { rabbitUnavailable, startRabbit } from '../support/start-rabbit.mjs';
import { describeConsole, itIsForAll, type ConsoleFixture } from './fixture.js';
import { fillEngine, hostile } from './filled-engine.js';

const rabbitReason = rabbitUnavailable();
const isRabbitSkipped = rabbitReason !== undefined && process.env['SLUICE_REQUIRE_ALL'] !== '1';
if (rabbitReason !== undefined) console.warn(`skipped: ${rabbitReason}`);

const named = encodeURIComponent(hostile);
const engines = ['orders', ...(isRabbitSkipped ? [] : ['bunny'])];
const patience = { timeout: 30_000 };

let place: Workplace;
let folder: string;
let rabbit: BrokerServer | undefined;
let orders: Server;
let ports: ReadyLine['ports'];

/** Starts the others, with something in them; gives the options of the server that knows them. */
async function startBeside(): Promise<readonly string[]> {
  place = await makeWorkplace();
  folder = await mkdtemp(join(tmpdir(), 'sluice-console-engines-'));
  orders = place.up(['--http', '0', '--data', place.data]);
  if (!isRabbitSkipped) rabbit = await startRabbit({ plugins: ['rabbitmq_management'] });
  ({ ports } = await orders.ready);
  await fillEngine({ amqp: ports.amqp, http: ports.http! });
  const known: Record<string, object> = {
    orders: { address: besideAddress({ amqp: ports.amqp, http: ports.http! }) },
    gone: { address: besideAddress({ amqp: 1, http: 1 }), probe: false },
  };
  if (rabbit !== undefined) {
    const its = (rabbit as unknown as { ports: { amqp: number; http: number } }).ports;
    await fillEngine(its);
    known['bunny'] = { address: besideAddress(its) };
  }
  const config = join(folder, 'sluice.yaml');
  await writeFile(config, JSON.stringify({ engines: known }));
  return ['--config', config];
}

function workTests(fixture: ConsoleFixture, engine: string): void {
  const queue = `engines/${engine}/queues/%2F/${named}`;
  const dialogOf = (page: Page) => page.getByRole('dialog');

  it('finds a queue, and sorts by a figure that was chosen', async () => {
    const page = await fixture.signedIn();
    await page.getByRole('navigation').getByRole('link', { name: 'Queues', exact: true }).press('Enter');
    await page.getByRole('link', { name: engine, exact: true }).press('Enter');
    await page.getByRole('heading', { name: `Queues of ${engine}` }).waitFor();
    await page.getByText('Columns', { exact: true }).press('Enter');
    await page.getByRole('checkbox', { name: 'acknowledged, all' }).press('Space');
    await page.getByRole('button', { name: 'ready', exact: true }).press('Enter');
    const first = page.locator('tbody tr').first();
    await expect.poll(() => first.getByRole('link').textContent(), patience).toBe(hostile);
    expect(page.url()).toContain('sort=-ready');
    await page.getByRole('button', { name: 'published/s' }).press('Enter');
    await page.locator('th[aria-sort=descending]', { hasText: 'published/s' }).waitFor();
    await page.getByText(`sluice engine queues ${engine} --sort=`).waitFor({ state: 'attached' });
    await page.getByRole('searchbox').focus();
    await page.keyboard.type('onerror');
    await page.getByText('1 of 1', { exact: true }).waitFor();
    await page.getByRole('link', { name: hostile }).press('Enter');
    await page.getByRole('heading', { name: hostile, exact: true }).waitFor();
    expect(await page.locator('main img, main script').count()).toBe(0);
  });

  it('shows of a queue what leads to it, what is in effect and where it is going', async () => {
    const page = await fixture.signedIn();
    await fixture.show(page, queue);
    const picture = page.getByRole('group', { name: `Bindings of ${hostile} as a picture` });
    for (const name of ['exchange shop', 'exchange events', hostile])
      await picture.getByRole('link', { name }).waitFor();
    const rule = page.getByRole('row', { name: /^x-max-length / });
    await expect
      .poll(async () => (await rule.textContent())?.replaceAll(/\s+/g, ' '), patience)
      .toMatch(/x-max-length ?500 ?1000 ?500 counts/);
    await page
      .getByText(new RegExp(`unknown: ${engine} does not tell it`))
      .first()
      .waitFor({ state: 'attached' });
    await picture.getByRole('link', { name: 'exchange events' }).press('Enter');
    await page.getByRole('heading', { name: 'events', exact: true }).waitFor();
    expect(page.url()).toContain(`#/engines/${engine}/exchanges/%2F/events`);
  });

  it('searches messages by header and body, after asking, and shows one', async () => {
    const page = await fixture.signedIn();
    await fixture.show(page, queue);
    await page.getByLabel('Header', { exact: true }).fill('index=1');
    await page.getByLabel('Text in the body').fill('alert(1)');
    await page.keyboard.press('Enter');
    const dialog = dialogOf(page);
    await dialog.getByText('consumers miss them for a moment').waitFor();
    await dialog.getByText(`sluice engine search ${engine} `).waitFor({ state: 'attached' });
    await dialog.getByRole('button', { name: 'Search messages' }).press('Enter');
    await page.getByText(/^Looked at 3 of \d+ messages; 1 found\.$/).waitFor();
    await dialog.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: /^Open message/ }).press('Enter');
    const body = page.getByRole('region', { name: 'Body' });
    await body.getByText('<script>alert(1)</script>').waitFor();
    await page.getByRole('button', { name: 'hex' }).press('Enter');
    await body.getByText('000000  3c 73').waitFor();
    expect(await page.locator('main img, main script').count()).toBe(0);
  });

  it('looks, moves and purges with the count, publishes and pauses', async () => {
    const page = await fixture.signedIn();
    await fixture.show(page, queue);
    const dialog = dialogOf(page);
    await page.getByRole('button', { name: 'Look at the first messages' }).press('Enter');
    await dialog.getByRole('button', { name: 'Look at the first messages' }).press('Enter');
    await page.getByText('Looked at 3 of 3 messages; 3 found.', { exact: true }).waitFor();
    await dialog.waitFor({ state: 'detached' });

    await page.getByLabel('To queue').fill('aside');
    await page.getByLabel('At most').fill('1');
    await page.keyboard.press('Enter');
    await dialog.getByText(/^Move up to 1 message from .* to aside on .*\? 3 are ready now/).waitFor();
    await dialog.getByText(`sluice engine move ${engine}`).waitFor({ state: 'attached' });
    await dialog.getByRole('button', { name: 'Move' }).press('Enter');
    await page.getByText('1 message moved.').waitFor();
    await dialog.waitFor({ state: 'detached' });

    await page.getByLabel('Body (text)').fill('once more');
    await page.getByText('Routing key, headers and properties').press('Enter');
    await page.getByLabel('Headers, one a line: name=value').fill('tenant=acme');
    await page.getByRole('button', { name: 'Publish', exact: true }).press('Enter');
    await page.getByText('The message is stored.').waitFor();

    const purge = page.getByRole('button', { name: 'Purge' });
    await expect
      .poll(async () => {
        await purge.press('Enter');
        const text = await dialog.locator('#question').textContent();
        await page.keyboard.press('Escape');
        await dialog.waitFor({ state: 'detached' });
        return text;
      }, patience)
      .toMatch(new RegExp(`^Remove all 3 ready messages of .* It is on ${engine}`));
    await purge.press('Enter');
    await dialog.getByRole('button', { name: 'Purge' }).press('Enter');
    await page.getByText('3 messages removed.').waitFor();
    await dialog.waitFor({ state: 'detached' });

    if (engine === 'bunny') {
      expect(await page.getByRole('button', { name: 'Pause' }).count()).toBe(0);
      await page.getByRole('heading', { name: 'What it does otherwise, or not' }).waitFor();
      return;
    }
    await page.getByRole('button', { name: 'Pause' }).press('Enter');
    await dialog.getByRole('button', { name: 'Pause' }).press('Enter');
    await page.getByText('delivers nothing now.').waitFor();
    await dialog.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Resume' }).waitFor();
  });

  it('lists exchanges and publishes', async () => {
    const page = await fixture.signedIn();
    await fixture.show(page, `engines/${engine}/exchanges`);
    await page.getByRole('link', { name: 'events', exact: true }).press('Enter');
    const publish = page.getByRole('region', { name: 'Publish to events' });
    await publish.getByLabel('routing key').fill('order.new');
    await publish.getByLabel('Body (text)').fill('hello');
    await publish.getByRole('button', { name: 'Publish' }).press('Enter');
    await page.getByText('The message is stored.').waitFor();
    await publish.getByLabel('routing key').fill('nothing');
    await publish.getByRole('button', { name: 'Publish' }).press('Enter');
    await page.getByText('No queue took the message.').waitFor();
    expect(await page.getByRole('button', { name: /Unbind|Delete/ }).count()).toBe(0);
  });
}

function engineTests(fixture: ConsoleFixture): void {
  afterAll(async () => {
    await place.close();
    await rabbit?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('shows which engines answer, one of them with its nodes and what it can do, by keyboard', async () => {
    const page = await fixture.signedIn();
    await page.getByRole('link', { name: 'Engines' }).press('Enter');
    const gone = page.getByRole('listitem').filter({ has: page.getByRole('link', { name: 'gone' }) });
    await gone.getByText('does not answer', { exact: true }).waitFor();
    await gone.getByText('the management API does not answer').waitFor();
    await page.getByRole('link', { name: 'orders' }).press('Enter');
    await page.getByRole('heading', { name: 'orders', exact: true }).waitFor();
    await page.getByText('answers', { exact: true }).waitFor();
    await page.getByRole('row', { name: /^sluice@.* runs / }).waitFor();
    await page.getByRole('row', { name: /rewind not there .*history/ }).waitFor();
    await page.locator('canvas').first().waitFor();
  });

  describe.each(engines)('the queues and exchanges of %s', (engine) => {
    workTests(fixture, engine);
  });

  it('says of an engine that is away what it does not know', async () => {
    const page = await fixture.signedIn();
    await fixture.show(page, 'engines/gone');
    await page.getByText('Nothing is known of its nodes.').waitFor();
    const queues = page.locator('dl.figures > div', { hasText: 'Queues' }).locator('dd');
    expect(await queues.textContent()).toBe('unknown');
    await fixture.show(page, 'engines/gone/queues');
    await page.getByRole('alert').getByText("engine 'gone' does not answer").waitFor();
    await fixture.show(page, 'engines/gone/queues/%2F/any');
    await page.getByRole('alert').first().waitFor();
    expect(await page.getByRole('button', { name: 'Purge' }).count()).toBe(0);
  });

  it('shows a monitoring user everything, and lets nothing be done', async () => {
    await fixture.call('PUT', '/v1/users/ann', { password: 'ann-secret-1', tags: ['monitoring'] });
    const page = await fixture.signedIn({ user: 'ann', password: 'ann-secret-1' });
    await fixture.show(page, `engines/orders/queues/%2F/${named}`);
    await page.getByText('Only administrators act on queues of other engines.').first().waitFor();
    await page.locator('svg a').first().waitFor();
    expect(await page.getByRole('button', { name: 'Purge' }).count()).toBe(0);
  });

  itIsForAll(fixture, () => [
    ['engines', 'li.card'],
    ['engines/orders', 'td[data-kind]'],
    ['engines/orders/queues', 'tbody tr'],
    [`engines/orders/queues/%2F/${named}`, 'svg a'],
    ['engines/orders/exchanges', 'tbody tr'],
    ['engines/orders/exchanges/%2F/events', 'svg a'],
    ['engines/gone', 'h1'],
    ['engines/gone/queues', '[role=alert]'],
  ]);

  it('follows an engine that goes away and comes back', async () => {
    const page = await fixture.signedIn();
    await fixture.show(page, 'engines/orders/queues?contains=onerror');
    await page.getByRole('link', { name: hostile }).waitFor();
    await orders.end('SIGTERM', 20_000);
    await page.getByRole('alert').getByText("engine 'orders' does not answer").waitFor();
    await expect.poll(() => page.locator('tbody tr').count(), patience).toBe(0);
    await place.up(['--amqp', String(ports.amqp), '--http', String(ports.http), '--data', place.data]).ready;
    await page.getByRole('link', { name: hostile }).waitFor();
    expect(await page.getByRole('alert').count()).toBe(0);
  });
}

describeConsole('the console of engines', engineTests, startBeside);
