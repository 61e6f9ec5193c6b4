/** Silences, remedies, receivers and the report of the console in a real browser, on a real server. */
import { beforeAll, expect, it } from 'vitest';
import { describeConsole, itIsForAll } from './fixture.js';

const hostile = `<img src=x onerror="alert(1)">`;

describeConsole("the console's hand-over", (fixture) => {
  beforeAll(async () => {
    await fixture.call('POST', '/v1/silences', {
      match: { queue: hostile },
      forMs: 3_600_000,
      reason: hostile,
    });
  });

  it('ends a silence, and turns automatic remedies off and on, by keyboard', async () => {
    const page = await fixture.signedIn();
    await fixture.show(page, 'silences');
    await page.getByRole('button', { name: `End now ${hostile}` }).press('Enter');
    await page.getByText(/sluice silence end/).waitFor({ state: 'attached' });
    await page.getByRole('dialog').getByRole('button', { name: 'End now' }).press('Enter');
    await page.getByText('The silence is over.').waitFor();
    await page.getByRole('link', { name: 'Remedies' }).press('Enter');
    await page.getByRole('button', { name: 'Turn off' }).press('Enter');
    await page.getByRole('dialog').getByRole('button', { name: 'Turn off' }).press('Enter');
    await page.getByText('Rules ask a person.').waitFor();
    expect(await fixture.call('GET', '/v1/remedy-automation')).toMatchObject({ isOn: false, by: 'guest' });
    await page.getByRole('button', { name: 'Turn on' }).press('Enter');
    await page.getByRole('dialog').getByRole('button', { name: 'Turn on' }).press('Enter');
    await page.getByText('Rules may apply remedies by themselves.').waitFor();
  });

  it('reports over the time that the address names', async () => {
    const page = await fixture.signedIn();
    await fixture.show(page, 'report?since=1d');
    await page.getByRole('heading', { name: 'Open risks' }).waitFor();
    expect(await page.getByLabel('Since').inputValue()).toBe('1d');
    expect(await page.getByRole('link', { name: 'Owners as CSV' }).getAttribute('href')).toContain(
      'sinceMs=86400000',
    );
    expect(await page.locator('main img').count()).toBe(0);
  });

  itIsForAll(fixture, () => [
    ['silences', 'tbody tr'],
    ['remedies', 'tbody tr'],
    ['receivers', '#routes'],
    ['report', '#span'],
  ]);
});
