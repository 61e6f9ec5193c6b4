/** The console when the server goes away and comes back. */
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { makeWorkplace, type Server, type Workplace } from '../cli/sluice.js';
import { expectNoComplaint, signIn, startBrowser, visit, whyNoBrowser, type Visit } from './browser.js';
import { interruptible } from './interruptible.js';

const lost = 'The server does not answer.';
const polling = { timeout: 30_000 };

describe.skipIf(whyNoBrowser !== undefined)(
  `a console that loses its server${whyNoBrowser === undefined ? '' : ` [skipped: ${whyNoBrowser}]`}`,
  () => {
    let browser: Browser;
    let place: Workplace;
    let server: Server;
    let port: number;
    let opened: Visit;

    beforeAll(async () => {
      browser = await startBrowser();
    });

    beforeEach(async () => {
      place = await makeWorkplace();
      server = place.up(['--http', '0', '--data', place.data]);
      port = (await server.ready).ports.http!;
    });

    afterEach(async () => {
      await opened.close();
      await place.close();
    });

    afterAll(() => browser.close());

    async function declare(queue: string): Promise<void> {
      const response = await fetch(`http://localhost:${String(port)}/v1/queues/%2F/${queue}`, {
        method: 'PUT',
        headers: {
          authorization: `Basic ${Buffer.from('guest:guest').toString('base64')}`,
          'content-type': 'application/json',
        },
        body: '{}',
      });
      expect(response.ok).toBe(true);
    }

    it('says so, tries again, and shows what it missed', async () => {
      const way = await interruptible(port);
      opened = await visit(browser, `http://localhost:${String(way.port)}`);
      const { page } = opened;
      await signIn(page);
      await page.getByRole('navigation').getByRole('link', { name: 'Queues' }).press('Enter');
      await page.getByText('There are no queues yet.').waitFor();
      way.interrupt();
      await page.getByText(lost).waitFor();
      await declare('meanwhile');
      way.mend();
      await page.getByText(lost).waitFor({ state: 'detached' });
      await page.getByRole('link', { name: 'meanwhile' }).waitFor();
      // Nobody had to sign in again, and nothing was asked of anybody else.
      await page.getByText('Signed in as guest').waitFor();
      await way.close();
    });

    it('asks to sign in again after a kill, and goes on where it was', async () => {
      await declare('kept');
      opened = await visit(browser, `http://localhost:${String(port)}`);
      const { page } = opened;
      await signIn(page);
      await page.goto(`http://localhost:${String(port)}/#/queues/%2F/kept`);
      await page.getByRole('heading', { name: 'kept', exact: true }).waitFor();
      await server.end('SIGKILL', 5_000);
      await page.getByText(lost).waitFor();
      server = place.up(['--http', String(port), '--data', place.data]);
      await server.ready;
      await page.getByText('You are signed out.').waitFor();
      // What a plot says stands in it, and moves none of the others.
      await page.locator('.plots figure > p').first().waitFor({ state: 'attached' });
      expect(await page.locator('.plots > p').count()).toBe(0);
      await signIn(page);
      await page.getByRole('heading', { name: 'kept', exact: true }).waitFor();
      await expect.poll(() => page.getByText(lost).count(), polling).toBe(0);
      expectNoComplaint(opened);
    });
  },
);
