/** The analysis of deadlines in the console: a cost is changed until the verdict changes, by keyboard. */
import { expect, it } from 'vitest';
import { describeConsole, itIsForAll } from './fixture.js';

const hostile = `<img src=x onerror="alert(1)"> ~;! ' & {{7*7}}`;
const polling = { timeout: 30_000 };

describeConsole('analyze in the console', (fixture) => {
  it('changes its verdict with a cost and the number of workers, and shares it by its address', async () => {
    const page = await fixture.signedIn();
    await page.getByRole('link', { name: 'Tasks', exact: true }).press('Enter');
    await page.getByRole('link', { name: 'Analyze' }).press('Enter');
    await page.getByText('✓ Schedulable', { exact: true }).waitFor();
    await page.getByText('No deadline is missed in it.').waitFor();
    const cost = page.getByLabel('cost of task 3');
    await cost.focus();
    await page.keyboard.press('Control+A');
    await page.keyboard.type('8ms');
    await page.getByText('✕ Not schedulable', { exact: true }).waitFor();
    await page.getByText('What would help, each alone').waitFor();
    await page.getByRole('cell', { name: '−25 %' }).waitFor();
    const workers = page.getByLabel('Workers', { exact: true });
    await workers.focus();
    await page.keyboard.press('Control+A');
    await page.keyboard.type('3');
    await page.getByText('✓ Schedulable', { exact: true }).waitFor();
    expect(page.url()).toContain('workers=3');
    await page.getByText('Do the same elsewhere').press('Enter');
    await page.getByText('sluice analyze tasks.json --workers 3').waitFor();
    const url = page.url();
    await page.goto('about:blank');
    await page.goto(url);
    await expect.poll(() => page.getByLabel('cost of task 3').inputValue(), polling).toBe('8ms');
    await page.getByText('✓ Schedulable', { exact: true }).waitFor();
  });

  it('says what is wrong at its field, and takes any name as text', async () => {
    const page = await fixture.signedIn();
    await fixture.show(page, 'analyze');
    await page.getByRole('button', { name: 'Add a task' }).press('Enter');
    await page.keyboard.type(hostile);
    await page.keyboard.press('Tab');
    await page.keyboard.type('x');
    await page.keyboard.press('Tab');
    await page.keyboard.type('200ms');
    const cost = page.getByLabel('cost of task 4');
    await expect.poll(() => cost.getAttribute('aria-invalid'), polling).toBe('true');
    await page.getByText('tasks[3].cost:').waitFor();
    await cost.fill('1ms');
    await page.getByRole('rowheader', { name: hostile, exact: true }).first().waitFor();
    await page.getByText('✓ Schedulable', { exact: true }).waitFor();
    expect(await page.locator('main img, main script').count()).toBe(0);
    await page.getByRole('button', { name: `Remove ${hostile}` }).press('Enter');
    await page.getByRole('rowheader', { name: hostile, exact: true }).first().waitFor({ state: 'detached' });
    await expect.poll(() => page.getByLabel('name of task 3').inputValue(), polling).toBe('report');
  });

  it('draws what was missed, and tells it in words', async () => {
    const page = await fixture.signedIn();
    await fixture.show(page, 'analyze');
    await page.getByRole('button', { name: 'two workers that are not enough' }).press('Enter');
    await page.getByText('render, job 1: due at 11 ms, done at 12 ms', { exact: true }).last().waitFor();
    await page.getByRole('img', { name: /Deadlines missed in it/ }).waitFor();
    await page.getByText('As a table').press('Enter');
    await page.getByRole('cell', { name: 'late' }).first().waitFor();
  });

  itIsForAll(fixture, () => [
    ['analyze', 'svg rect'],
    ['analyze?tasks=scan~2ms~10ms;match~2ms~10ms;render~10ms~11ms&workers=2', 'svg .miss'],
  ]);
});
