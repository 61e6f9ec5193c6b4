/** The access pages: users and rights by keyboard, what a role is not offered and the API refuses, the audit trail. */
import { beforeAll, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { describeConsole, itIsForAll } from './fixture.js';

const hostile = `<img src=x onerror=alert(1)>'"\\ \u202e&`;
const password = 'a long password';

describeConsole('the access pages', (fixture) => {
  const user = (name: string): string => `access/users/${encodeURIComponent(name)}`;

  beforeAll(async () => {
    await fixture.call('PUT', '/v1/vhosts/shop', {});
    for (const queue of ['orders', 'secret']) await fixture.call('PUT', `/v1/queues/%2F/${queue}`, {});
    for (const [name, tags] of [
      ['reader', ['management']],
      ['watcher', ['monitoring']],
      [hostile, ['management']],
    ] as const)
      await fixture.call('PUT', `/v1/users/${encodeURIComponent(name)}`, { password, tags });
    await fixture.call('PUT', '/v1/permissions/%2F/reader', { configure: '', write: '', read: '^orders$' });
    for (const rights of ['permissions', 'topic-permissions'])
      await fixture.call('PUT', `/v1/${rights}/%2F/${encodeURIComponent(hostile)}`, {
        ...(rights === 'permissions' ? { configure: '^<b>' } : { exchange: 'amq.topic' }),
        ...{ write: '<script>', read: '.*' },
      });
  });

  it('adds a user, gives it rights and tells what comes of them, by keyboard', async () => {
    const page = await fixture.signedIn();
    await page.getByRole('link', { name: 'Access', exact: true }).press('Enter');
    await page.getByText('Add a user').first().press('Enter');
    await page.getByLabel('Name', { exact: true }).focus();
    await page.keyboard.type('ann');
    await page.keyboard.press('Tab');
    await page.keyboard.type(password);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'ann', exact: true }).waitFor();
    await page.getByText('It may not enter any virtual host.').waitFor();
    const rights = page.getByRole('form', { name: 'Let into a virtual host' });
    await rights.getByLabel('configure').fill('');
    await rights.getByLabel('write').fill('^ord');
    await rights.getByRole('button').press('Enter');
    await page.getByText('The rights of ann in / are set.').waitFor();
    await page.getByLabel('Its name').focus();
    await page.keyboard.type('orders');
    await page.keyboard.press('Enter');
    await page.getByText('ann and orders:').waitFor();
    expect(await page.locator('li[data-may]').allInnerTexts()).toEqual([
      expect.stringMatching(/configure\s+refused/),
      expect.stringMatching(/write\s+allowed/),
      expect.stringMatching(/read\s+allowed/),
    ]);
    await page.getByText('sluice permissions check ann orders --vhost /').waitFor({ state: 'attached' });
    const own = page.getByRole('form', { name: 'Rights in /' });
    await own.getByLabel('read').fill('(');
    await own.getByRole('button', { name: 'Set' }).press('Enter');
    await page.getByRole('alert').getByText('read:').waitFor();
    // What was refused is still there to be put right.
    expect(await own.getByLabel('read').inputValue()).toBe('(');
  });

  it('shows the matrix, finds in it, and keeps the search in the address', async () => {
    const page = await fixture.signedIn();
    await fixture.show(page, 'access?contains=read');
    const row = page.getByRole('row').filter({ has: page.getByRole('link', { name: 'reader' }) });
    await row.getByText('^orders$').waitFor();
    expect(await page.locator('tbody tr').count()).toBe(1);
    await page.getByRole('searchbox').first().fill('onerror');
    await page.getByRole('link', { name: hostile }).waitFor();
    expect(page.url()).toContain('contains=onerror');
    await page.getByRole('link', { name: hostile }).press('Enter');
    await page.getByRole('heading', { name: hostile, exact: true }).waitFor();
    expect(await page.locator('main img, main script').count()).toBe(0);
  });

  it('ends the session of somebody else, who is told, and finds it in the audit trail', async () => {
    const page = await fixture.signedIn({ user: 'reader', password });
    const admin = await page.context().browser()!.newContext({ locale: 'en-GB' });
    const other = await admin.newPage();
    await other.goto(fixture.url);
    await other.getByLabel('User').fill('guest');
    await other.getByLabel('Password').fill('guest');
    await other.keyboard.press('Enter');
    await other.getByRole('navigation', { name: 'Pages' }).waitFor();
    await fixture.show(other, user('reader'));
    await other.getByRole('button', { name: /^End reader/ }).press('Enter');
    await other.getByText('End the session of reader').waitFor();
    await other.getByRole('dialog').getByRole('button', { name: 'End' }).press('Enter');
    await page.getByText('You are signed out.').waitFor();
    await fixture.show(other, 'access/audit?event=session-ended');
    await other.getByText("of user 'reader'").first().waitFor();
    await other.getByRole('button', { name: 'Check that nothing was changed' }).press('Enter');
    await other.getByText(/^Whole: \d+ records/).waitFor();
    await fixture.call('PUT', '/v1/queues/%2F/audited', {});
    await fixture.show(other, 'access/audit?contains=audited');
    await other.getByText("queue 'audited' in vhost '/'").first().waitFor();
    // What happens while one looks comes by itself.
    await fixture.call('DELETE', '/v1/queues/%2F/audited');
    await other.getByRole('rowheader', { name: 'deleted', exact: true }).waitFor();
    await admin.close();
  });

  it('changes its own password, and goes on', async () => {
    await fixture.call('PUT', '/v1/users/own', { password, tags: ['management'] });
    const page = await fixture.signedIn({ user: 'own', password });
    await fixture.show(page, 'access/account');
    const type = async (word: string, text: string): Promise<void> => {
      await page.getByLabel(word, { exact: true }).fill(text);
    };
    await type('Password until now', 'wrong');
    await type('New password', 'another password');
    await type('New password, again', 'another password');
    await page.keyboard.press('Enter');
    await page.getByText('the old password is not right').waitFor();
    await type('Password until now', password);
    await page.keyboard.press('Enter');
    await page.getByText('Your password is changed.').waitFor();
    await page.getByText('Signed in as own').waitFor();
  });

  it('adds, limits and deletes a virtual host, and says how much is in it', async () => {
    const page = await fixture.signedIn();
    await fixture.show(page, 'access/vhosts');
    await page.getByLabel('Name of the virtual host').fill('team');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Limits team' }).press('Enter');
    await page.getByLabel('Queues at most').fill('7');
    await page.keyboard.press('Enter');
    await page.getByText('0 of at most 7').waitFor();
    await page.getByRole('button', { name: 'Delete team' }).press('Enter');
    await page.getByText('Delete team with 0 queues').waitFor();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).press('Enter');
    await page.getByText('team is deleted.').waitFor();
    await page.getByRole('button', { name: 'Limits team' }).waitFor({ state: 'detached' });
  });

  interface Act {
    readonly act: string;
    /** Where it would be offered. */
    readonly path: string;
    readonly offer: (page: Page) => ReturnType<Page['locator']>;
    readonly request: readonly [method: string, path: string, body?: unknown];
    /** The roles that may. */
    readonly mayDo: readonly string[];
  }

  const button = (name: string | RegExp) => (page: Page) => page.getByRole('button', { name }).first();
  const acts: readonly Act[] = [
    {
      ...{ act: 'pause', path: 'queues/%2F/orders', offer: button('Pause'), mayDo: [] },
      request: ['POST', '/v1/queues/%2F/orders/pause'],
    },
    {
      ...{ act: 'look', path: 'queues/%2F/orders', offer: button(/Look at/), mayDo: ['reader'] },
      request: ['GET', '/v1/queues/%2F/orders/messages'],
    },
    {
      ...{ act: 'purge', path: 'queues/%2F/orders', offer: button('Purge'), mayDo: ['reader'] },
      request: ['POST', '/v1/queues/%2F/orders/purge'],
    },
    {
      ...{ act: 'purge another', path: 'queues/%2F/secret', offer: button('Purge'), mayDo: [] },
      request: ['POST', '/v1/queues/%2F/secret/purge'],
    },
    {
      ...{ act: 'publish', path: 'queues/%2F/orders', offer: button('Publish'), mayDo: [] },
      request: ['POST', '/v1/queues/%2F/orders/messages', { text: 'x' }],
    },
    {
      ...{ act: 'see users', path: 'access', offer: (page) => page.getByText('Add a user'), mayDo: [] },
      request: ['GET', '/v1/users'],
    },
    {
      ...{ act: 'read the audit trail', path: 'access/audit', mayDo: [] },
      offer: button('Check that nothing was changed'),
      request: ['GET', '/v1/audit'],
    },
    {
      ...{ act: 'add a virtual host', path: 'access/vhosts', offer: button('Add a virtual host'), mayDo: [] },
      request: ['PUT', '/v1/vhosts/forbidden', {}],
    },
    {
      ...{ act: 'see incidents', path: '', mayDo: ['watcher'] },
      offer: (page) => page.getByRole('link', { name: 'Incidents', exact: true }),
      request: ['GET', '/v1/incidents'],
    },
  ];

  it.each(['reader', 'watcher'])('offers %s what it may, nothing else, and the API agrees', async (role) => {
    const page = await fixture.signedIn({ user: role, password });
    for (const { act, path, offer, request, mayDo } of acts) {
      const isAllowed = mayDo.includes(role);
      await fixture.show(page, path);
      await page.locator('main h1, main h2').first().waitFor();
      // Rights are known once the page says or shows what comes of them.
      if (path.startsWith('queues')) await settled(page);
      if (isAllowed) await offer(page).waitFor();
      else expect(await offer(page).count(), `${role}: ${act}`).toBe(0);
      const [method, target, body] = request;
      const { status } = await fetch(`${fixture.url}${target}`, {
        method,
        headers: {
          authorization: `Basic ${Buffer.from(`${role}:${password}`).toString('base64')}`,
          'content-type': 'application/json',
          'x-requested-with': 'test',
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      expect(status === 403, `${role}: ${act} got ${status}`).toBe(!isAllowed);
    }
  });

  /** Neither reader nor watcher may publish: that the page says so is the end of its asking. */
  async function settled(page: Page): Promise<void> {
    await page.getByText('it needs the right to write on the exchange amq.default').waitFor();
    await page
      .getByText('it needs the right to read on the queue')
      .or(page.getByRole('button', { name: /Look at/ }))
      .waitFor();
  }

  itIsForAll(fixture, () => [
    ['access', 'tbody tr'],
    [user(hostile), 'form'],
    ['access/vhosts', 'tbody tr'],
    ['access/sessions', 'tbody tr'],
    ['access/audit', 'tbody tr'],
    ['access/account', 'form'],
  ]);
});
