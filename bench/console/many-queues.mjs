/**
 * A list of many queues: from the press of a key until the rows that it asks for are painted, what the server took of
 * that, and the longest task of the page's own thread meanwhile.
 */
import { connect } from 'amqplib';
import { median } from '../support/statistics.mjs';
import { newVisitor } from './visitor.mjs';

const fullQueues = 20;

/** Declares them, the last ones with messages: so each order has another first row. */
export async function declareQueues(url, amqpUrl, count) {
  const names = Array.from({ length: count }, (_, number) => `queue-${String(number).padStart(6, '0')}`);
  const queues = names.map((name) => ({
    name,
    vhost: '/',
    durable: true,
    auto_delete: false,
    arguments: {},
  }));
  const answer = await fetch(`${url}/v1/definitions`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Basic ${Buffer.from('guest:guest').toString('base64')}`,
    },
    body: JSON.stringify({ queues }),
  });
  if (!answer.ok) throw new Error(`definitions: ${answer.status} ${await answer.text()}`);
  const connection = await connect(amqpUrl);
  const channel = await connection.createChannel();
  for (const [index, name] of names.slice(-fullQueues).entries())
    for (let sent = 0; sent <= index; sent++) channel.sendToQueue(name, Buffer.alloc(16));
  await channel.close();
  await connection.close();
}

/** Runs in the page: begins to watch for other rows than there are, from the next press of a key. */
function watchRows() {
  const rows = () => {
    const names = document.querySelectorAll('tbody th');
    if (names.length === 0) return '';
    return `${names.length} ${names[0]?.textContent ?? ''} ${names[names.length - 1]?.textContent ?? ''}`;
  };
  const before = rows();
  let pressed;
  const tasks = [];
  const observer = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) tasks.push(duration);
  });
  observer.observe({ type: 'longtask' });
  performance.clearResourceTimings();
  addEventListener('keydown', ({ timeStamp }) => (pressed = timeStamp), { capture: true });
  globalThis.painted = new Promise((resolve) => {
    const look = () => {
      if (pressed === undefined || ['', before].includes(rows())) return requestAnimationFrame(look);
      // After the frame in which the rows stand: they are on the screen.
      requestAnimationFrame(() =>
        setTimeout(() => {
          const ms = performance.now() - pressed;
          const asked = performance
            .getEntriesByType('resource')
            .filter(({ name }) => /v1\/queues\?/.test(name));
          const last = asked.at(-1);
          setTimeout(() => {
            observer.disconnect();
            resolve({
              ms,
              serverMs: last === undefined ? undefined : last.responseStart - last.requestStart,
              longestTaskMs: Math.max(0, ...tasks),
            });
          }, 200);
        }),
      );
    };
    look();
  });
}

async function timed(page, press) {
  await page.evaluate(watchRows);
  await press();
  return page.evaluate(() => globalThis.painted);
}

export async function measureManyQueues(browser, url, rounds) {
  const results = [];
  for (let round = 0; round < rounds; round++) {
    const { context, page } = await newVisitor(browser, url);
    await page.goto(url);
    const link = page.getByRole('navigation').getByRole('link', { name: 'Queues' });
    await link.focus();
    const measure = async (name, press) => results.push({ name, ...(await timed(page, press)) });
    await measure('first list', () => page.keyboard.press('Enter'));
    const search = page.getByRole('searchbox', { name: 'Search' });
    await search.focus();
    await measure('search', () => page.keyboard.type('9'));
    await search.fill('');
    await page.waitForTimeout(1_000);
    const sortBy = (title) => page.getByRole('columnheader', { name: title }).getByRole('button');
    await sortBy(/^name/i).focus();
    await measure('sort by name', () => page.keyboard.press('Enter'));
    await sortBy(/^ready/i).focus();
    await measure('sort by a figure', () => page.keyboard.press('Enter'));
    await page.getByRole('button', { name: 'Show more' }).focus();
    await measure('next page', () => page.keyboard.press('Enter'));
    await context.close();
  }
  return [...new Set(results.map(({ name }) => name))].map((name) => {
    const own = results.filter((result) => result.name === name);
    const middle = (field) => median(own.map((result) => result[field]));
    return { name, ms: middle('ms'), serverMs: middle('serverMs'), longestTaskMs: middle('longestTaskMs') };
  });
}
