/** Requests and bytes a second of each live page, in each of its ranges. */
import { setTimeout as delay } from 'node:timers/promises';
import { countTraffic, firstFigure, newVisitor } from './visitor.mjs';

/** Besides, until it has what it loads once. */
const settleSeconds = 4;

export async function measureLivePages(browser, url, { pages, ranges, seconds }) {
  const results = [];
  for (const [name, path] of pages) {
    for (const range of ranges) {
      const { context, page, debugged } = await newVisitor(browser, url);
      await page.goto(`${url}/#/${path}?range=${range}`);
      await firstFigure(page);
      await delay(settleSeconds * 1_000);
      const traffic = countTraffic(debugged);
      await delay(seconds * 1_000);
      const { requests, bytes } = traffic;
      results.push({ name, range, requestsPerSecond: requests / seconds, bytesPerSecond: bytes / seconds });
      await context.close();
    }
  }
  return results;
}
