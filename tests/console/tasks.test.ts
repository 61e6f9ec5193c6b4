/** Tasks in the console, of a program that works on them over AMQP: running, waiting, failing, retrying, ending. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { open } from '../../src/index.js';
import { describeConsole, itIsForAll } from './fixture.js';

const hostile = `<img src=x onerror="alert(1)"> ' " & {{7*7}}`;
const polling = { timeout: 30_000 };

describeConsole('tasks in the console', (fixture) => {
  let app: Awaited<ReturnType<typeof open>>;
  let failedId = '';
  let retriedId = '';
  let runningId = '';
  let behindId = '';
  const endings: (() => void)[] = [];

  beforeAll(async () => {
    let hasBegun = (): void => undefined;
    const begun = new Promise<void>((resolve) => (hasBegun = resolve));
    app = await open({
      engine: `amqp://guest:guest@127.0.0.1:${String(fixture.amqpPort)}`,
      name: `clerk ${hostile}`,
    });
    const charge = app.task('charge', {
      retry: { attempts: 2, backoff: 'fixed', delay: '50ms' },
      run: (payload: { how?: string }, { attempt }) => {
        if (payload.how === 'fails') throw new TypeError(hostile);
        if (payload.how === 'retries' && attempt === 1) throw new RangeError('the first time is hard');
        return { receipt: hostile };
      },
    });
    const convert = app.task('convert', {
      deadline: '5m',
      key: (payload: { user: string }) => payload.user,
      run: async (_payload, { progress }) => {
        await progress({ frame: 7, note: hostile });
        await new Promise<void>((resolve) => {
          endings.push(resolve);
          hasBegun();
        });
      },
    });
    await app.worker({ tasks: [charge, convert], concurrency: 4 }).ready;
    const failed = await charge.enqueue({ how: 'fails' });
    const retried = await charge.enqueue({ how: 'retries' });
    failedId = failed.id;
    retriedId = retried.id;
    await expect(failed.result()).rejects.toThrow();
    await retried.result();
    runningId = (await convert.enqueue({ user: hostile })).id;
    behindId = (await convert.enqueue({ user: hostile })).id;
    await begun;
  });

  afterAll(async () => {
    for (const end of endings) end();
    await app.close();
  });

  async function heading(page: Page, name: string): Promise<void> {
    await page.getByRole('heading', { name, exact: true }).waitFor();
  }

  it('shows types with their counts, and one with its tasks by state, by keyboard', async () => {
    const page = await fixture.signedIn();
    await page.getByRole('link', { name: 'Tasks', exact: true }).press('Enter');
    const row = page.getByRole('row').filter({ has: page.getByRole('link', { name: 'convert' }) });
    await expect.poll(() => row.getByRole('cell').nth(1).textContent(), polling).toBe('1');
    await page.getByRole('searchbox').focus();
    await page.keyboard.type('conv');
    await page.getByText('1 of 2', { exact: true }).waitFor();
    expect(page.url()).toContain('contains=conv');
    await page.getByRole('link', { name: 'convert', exact: true }).press('Enter');
    await page.getByRole('link', { name: runningId }).waitFor();
    await page.getByRole('button', { name: /^held/ }).press('Enter');
    await page.getByRole('link', { name: behindId }).press('Enter');
    await heading(page, behindId);
    await page.getByText(`is busy with task ${runningId}`).waitFor();
  });

  it('shows every column of the types in a wide window', () => fixture.expectEveryColumn('tasks'));

  it('tells the life of a task that was tried twice and then failed, with its errors as text', async () => {
    const page = await fixture.signedIn();
    await fixture.show(page, `tasks/charge/${failedId}`);
    await page.getByRole('strong').filter({ hasText: 'Attempt 2' }).waitFor();
    await page.getByText('failed, to be tried again').waitFor();
    await page.getByText('failed for good').waitFor();
    await page.getByText(`TypeError: ${hostile}`).first().waitFor();
    await page.getByText('Stack').first().press('Enter');
    await page.locator('pre', { hasText: 'tasks.test.ts' }).first().waitFor();
    await fixture.show(page, `tasks/charge/${retriedId}`);
    await heading(page, retriedId);
    await page.getByText('completed', { exact: true }).waitFor();
    await page.locator('pre', { hasText: hostile.slice(0, 8) }).waitFor();
    expect(await page.locator('main img, main script').count()).toBe(0);
  });

  it('enqueues a task, keeps what was typed when it is wrong, and cancels one', async () => {
    const page = await fixture.signedIn();
    await fixture.show(page, 'tasks/convert?state=held');
    const payload = page.getByLabel('Payload (JSON)');
    await payload.fill('{"user": ');
    await page.getByRole('button', { name: 'Enqueue', exact: true }).press('Enter');
    await page.getByText('This is not JSON').waitFor();
    expect(await payload.inputValue()).toBe('{"user": ');
    await payload.fill('{"user": "ann"}');
    await page.getByLabel('Key', { exact: true }).fill(hostile);
    await page.getByRole('button', { name: 'Enqueue', exact: true }).press('Enter');
    await page.getByRole('link', { name: 'Look at it' }).press('Enter');
    await page.getByText(/is busy with task/).waitFor();
    await page.getByRole('button', { name: 'Cancel the task' }).press('Enter');
    const question = page.getByRole('dialog');
    await question.getByText('sluice task cancel').waitFor({ state: 'attached' });
    await question.getByRole('button', { name: 'Cancel the task' }).press('Enter');
    await question.waitFor({ state: 'detached' });
    await page.getByText('It has ended.', { exact: true }).waitFor();
  });

  it('sends a dead task back', async () => {
    const page = await fixture.signedIn();
    await fixture.show(page, 'tasks/charge?state=dead');
    await page.getByRole('link', { name: failedId }).press('Enter');
    await page.getByRole('button', { name: 'Send it back' }).press('Enter');
    const question = page.getByRole('dialog');
    await question.getByRole('button', { name: 'Send it back' }).press('Enter');
    await question.waitFor({ state: 'detached' });
    await expect
      .poll(() => page.getByRole('strong').filter({ hasText: 'Attempt 1' }).count(), polling)
      .toBe(2);
  });

  it('shows what the workers do now, and what waits', async () => {
    const page = await fixture.signedIn();
    await fixture.show(page, 'tasks');
    await page.getByRole('link', { name: 'Workers now' }).press('Enter');
    await page.getByRole('link', { name: `convert ${runningId}` }).waitFor();
    await page.getByText('holds 1 of at most 8 tasks').waitFor();
    await page.getByText('As a table').press('Enter');
    await page.getByRole('cell', { name: /^in (\d+ min( \d+ s)?|\d+ s)$/ }).waitFor();
    await page.getByText('GET /v1/workers').waitFor({ state: 'attached' });
    await page.getByRole('link', { name: `convert ${runningId}` }).press('Enter');
    await heading(page, runningId);
    await page.locator('pre', { hasText: '"frame": 7' }).waitFor();
  });

  itIsForAll(fixture, () => [
    ['tasks', 'tbody tr'],
    ['workers', '.track a'],
    ['tasks/charge?state=dead', 'tbody tr'],
    [`tasks/charge/${failedId}`, 'section .text'],
    [`tasks/convert/${runningId}`, 'section .text'],
  ]);
});
