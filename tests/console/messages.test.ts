/** The messages of a queue in the console: searched, read whatever is in them, moved and published. */
import { readFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { beforeAll, expect, it } from 'vitest';
import { describeConsole, itIsForAll } from './fixture.js';

const hostile = '<img src=x onerror="window.broken=1"><script>window.broken=1</script>';
const bodies: readonly (readonly [body: Buffer, properties?: object])[] = [
  [Buffer.from('{"order":12345678901234567890,"paid":true}'), { contentType: 'application/json' }],
  [Buffer.from(hostile), { headers: { tenant: hostile, '<b>name</b>': '\u202egnp.exe' } }],
  [Buffer.from('\u001b[31mred \u202eevil\u0000end')],
  [gzipSync('a needle that was packed'), { contentEncoding: 'gzip' }],
  [gzipSync(Buffer.alloc(64 * 1_048_576, 'a')), { contentEncoding: 'gzip' }],
  [Buffer.from([0xff, 0xfe, 0x00, 0x80])],
  [Buffer.from('x'.repeat(1_048_576))],
  [Buffer.from('['.repeat(10_000) + ']'.repeat(10_000)), { contentType: 'application/json' }],
  [Buffer.from('plain'), { contentEncoding: 'br' }],
];

describeConsole('messages in the console', (fixture) => {
  beforeAll(async () => {
    for (const queue of ['odd', 'moving', 'target', 'small', 'typed', hostile])
      await fixture.call('PUT', `/v1/queues/%2F/${encodeURIComponent(queue)}`, {
        arguments: queue === 'small' ? { 'x-max-length': 1 } : {},
      });
    for (const [body, properties = {}] of bodies)
      await fixture.call('POST', '/v1/queues/%2F/odd/messages', {
        body: body.toString('base64'),
        properties: { deliveryMode: 2, ...properties },
      });
    for (let n = 0; n < 6; n++)
      await fixture.call('POST', '/v1/queues/%2F/moving/messages', {
        json: { n },
        properties: { headers: { even: n % 2 === 0 } },
      });
    await fixture.call('POST', `/v1/queues/%2F/${encodeURIComponent(hostile)}/messages`, { text: hostile });
  });

  const ready = async (queue: string): Promise<number> =>
    (await fixture.call<{ ready: number }>('GET', `/v1/queues/%2F/${queue}`)).ready;

  const opened = async (page: Page, position: number): Promise<void> => {
    await fixture.show(page, `queues/%2F/odd?message=${position}`);
    await page.getByRole('heading', { name: `Message ${position}`, exact: true }).waitFor();
  };

  const body = (page: Page) => page.getByRole('region', { name: 'Body' });

  it('finds by header and opens by keyboard, and the address can be shared', async () => {
    const page = await fixture.signedIn();
    await fixture.show(page, 'queues/%2F/moving');
    await page.getByLabel('Header', { exact: true }).fill('even=false');
    await page.keyboard.press('Enter');
    await page.getByText('Looked at 6 of 6 messages; 3 found.').waitFor();
    await page.getByRole('button', { name: 'Open message 3' }).press('Enter');
    await body(page).getByText('"n": 3').waitFor();
    const shared = page.url();
    expect(shared).toContain('header=even%3Dfalse');
    const other = await fixture.signedIn();
    await other.goto(shared);
    await other.getByText('Looked at 6 of 6 messages; 3 found.').waitFor();
    await body(other).getByText('"n": 3').waitFor();
    await other
      .getByText('sluice queue search moving --vhost / --header even=false')
      .waitFor({ state: 'attached' });
  });

  it('finds a text in packed bodies, and says of which it cannot tell', async () => {
    const page = await fixture.signedIn();
    await fixture.show(page, 'queues/%2F/odd?body=needle');
    await page.getByText('Looked at 9 of 9 messages; 1 found.').waitFor();
    await page.getByText('Of 1 bodies only the first MiB was searched.').waitFor();
    await page.getByText('1 bodies could not be decoded').waitFor();
    await page.getByRole('button', { name: 'Open message 3' }).press('Enter');
    await body(page).getByText('a needle that was packed').waitFor();
    await page.getByText('Decoded from gzip: 24 B.').waitFor();
  });

  it('shows hostile bodies, headers and names as text', async () => {
    const page = await fixture.signedIn();
    await opened(page, 0);
    await body(page).getByText('"order": 12345678901234567890').waitFor();
    await opened(page, 1);
    await body(page).getByText(hostile).waitFor();
    await page.getByText('⟨U+202E⟩gnp.exe').waitFor();
    await opened(page, 2);
    await body(page).getByText('⟨ESC⟩[31mred ⟨U+202E⟩evil⟨NUL⟩end').waitFor();
    await opened(page, 5);
    await body(page).getByText('ff fe 00 80').waitFor();
    await fixture.show(page, `queues/%2F/${encodeURIComponent(hostile)}?message=0`);
    await body(page).getByText(hostile).waitFor();
    expect(await page.locator('main img, main script, main b').count()).toBe(0);
    expect(await page.evaluate('window.broken')).toBeUndefined();
  });

  it('bounds bombs, immense lines and deep JSON, and says what it cannot decode', async () => {
    const page = await fixture.signedIn();
    const characters = async (): Promise<number> => ((await body(page).textContent()) ?? '').length;
    await opened(page, 4);
    await page.getByText('It becomes more than 4 MiB: the beginning of it is shown.').waitFor();
    expect(await characters()).toBe(16_384);
    await page.getByRole('button', { name: 'Show more' }).press('Enter');
    await expect.poll(characters, { timeout: 30_000 }).toBe(65_536);
    await opened(page, 6);
    await expect.poll(characters, { timeout: 30_000 }).toBe(16_384);
    await opened(page, 7);
    await expect.poll(characters, { timeout: 30_000 }).toBe(16_384);
    await page.getByRole('button', { name: 'hex' }).press('Enter');
    await body(page).getByText('000000  5b 5b').waitFor();
    await opened(page, 8);
    await page.getByText('The browser cannot decode “br”').waitFor();
  });

  it('gives the body as a file, and tells what happened to the message', async () => {
    const page = await fixture.signedIn();
    await opened(page, 6);
    const coming = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Download the body' }).press('Enter');
    const download = await coming;
    expect(download.suggestedFilename()).toBe('odd-6.bin');
    expect((await readFile(await download.path())).equals(bodies[6]![0])).toBe(true);
    await page.getByRole('button', { name: 'What happened to it' }).press('Enter');
    await page.getByText('in odd, position 6').first().waitFor();
  });

  it('moves what was chosen and what was found, by keyboard, and asks first with the count', async () => {
    const page = await fixture.signedIn();
    await fixture.show(page, 'queues/%2F/moving?header=even%3Dtrue');
    await page.getByRole('checkbox', { name: 'Choose message 2' }).press('Space');
    await page.getByText('1 chosen').waitFor();
    await page.getByLabel('Move to queue').fill('nowhere');
    await page.keyboard.press('Enter');
    await page.getByText(/That did not work: .*nowhere/).waitFor();
    await page.getByLabel('Move to queue').fill('target');
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog');
    await dialog.getByText('Move 1 message from moving to target?').waitFor();
    await dialog.getByText('--to target --position 2').waitFor({ state: 'attached' });
    await dialog.getByRole('button', { name: 'Move' }).press('Enter');
    await page.getByText('1 message moved to target.').waitFor();
    await dialog.waitFor({ state: 'detached' });
    expect(await ready('target')).toBe(1);
    await page.getByLabel('Move to queue').press('Enter');
    await dialog.getByText('Move 2 messages from moving to target?').waitFor();
    await dialog.getByRole('button', { name: 'Move' }).press('Enter');
    await page.getByText('2 messages moved to target.').waitFor();
    await dialog.waitFor({ state: 'detached' });
    await page.getByText('Nothing found.').waitFor();
    expect([await ready('moving'), await ready('target')]).toEqual([3, 3]);
  });

  it('says when the target is full, and removes what was chosen', async () => {
    const page = await fixture.signedIn();
    await fixture.show(page, 'queues/%2F/target?state=ready');
    await page.getByRole('checkbox', { name: 'Choose all that are shown' }).press('Space');
    await page.getByLabel('Move to queue').fill('small');
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Move' }).press('Enter');
    await page.getByText('1 message moved; small has no room for more').waitFor();
    await dialog.waitFor({ state: 'detached' });
    await page.getByText('2 found').waitFor();
    await page.getByRole('checkbox', { name: 'Choose all that are shown' }).press('Space');
    await page.getByRole('button', { name: 'Remove …' }).press('Enter');
    await dialog.getByText('Remove 2 messages from target?').waitFor();
    await dialog.getByRole('button', { name: 'Remove' }).press('Enter');
    await page.getByText('2 of 2 messages removed.').waitFor();
    expect(await ready('target')).toBe(0);
  });

  it('publishes with headers and properties, many times, and loses nothing that was typed', async () => {
    const page = await fixture.signedIn();
    await fixture.show(page, 'queues/%2F/typed');
    await page.getByLabel('Body (text)').fill('{"typed":true}');
    await page.getByText('Routing key, headers and properties').press('Enter');
    await page.getByLabel('Content type').fill('application/json');
    await page.getByLabel('How many times').fill('3');
    await page.getByLabel('Headers, one a line: name=value').fill('tenant=acme\nwrong');
    const publish = page.getByRole('button', { name: 'Publish', exact: true });
    await publish.press('Enter');
    await page.getByText('Line 2 of the headers is not name=value.').waitFor();
    expect(await page.getByLabel('Body (text)').inputValue()).toBe('{"typed":true}');
    await page.getByLabel('Headers, one a line: name=value').fill('tenant=acme\nattempt=2');
    await publish.press('Enter');
    await page.getByText('3 messages are stored.').waitFor();
    const { items } = await fixture.call<{ items: { properties: object }[] }>(
      'GET',
      '/v1/queues/%2F/typed/messages/search?header=attempt%3D2',
    );
    expect(items).toHaveLength(3);
    expect(items[0]!.properties).toMatchObject({ contentType: 'application/json', deliveryMode: 2 });
  });

  itIsForAll(fixture, () => [
    ['queues/%2F/odd?state=ready', '[role="region"] tbody tr'],
    ['queues/%2F/odd?message=1', '#message-title'],
  ]);
});
