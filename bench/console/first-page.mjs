/** What the first page costs somebody who is signed in: bytes as they come, requests, and the time to its first figure. */
import { median } from '../support/statistics.mjs';
import { countTraffic, firstFigure, newVisitor } from './visitor.mjs';

export async function measureFirstPage(browser, url, rounds) {
  const results = [];
  for (let round = 0; round < rounds; round++) {
    const { context, page, debugged } = await newVisitor(browser, url);
    const traffic = countTraffic(debugged);
    await page.goto(url);
    await firstFigure(page);
    const ms = await page.evaluate(() => performance.now());
    const { requests, bytes } = traffic;
    results.push({ ms, requests, bytes });
    await context.close();
  }
  const middle = (field) => median(results.map((result) => result[field]));
  return { ms: middle('ms'), requests: middle('requests'), bytes: middle('bytes') };
}
