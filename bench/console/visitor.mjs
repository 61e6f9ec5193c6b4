/** A real Chromium on the console, signed in, with what its debugger tells of it. */
import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';

const chromiumPath = '/usr/bin/chromium';

/** Why there is no browser here, or undefined when there is. */
export function browserUnavailable() {
  return existsSync(chromiumPath) ? undefined : `${chromiumPath} is not there: apt-get install chromium`;
}

export function startBrowser() {
  return chromium.launch({ executablePath: chromiumPath, args: ['--no-sandbox', '--disable-gpu'] });
}

/** A page of a new visitor whose browser has a session already, on nothing yet; and its debugger. */
export async function newVisitor(browser, url) {
  const context = await browser.newContext({ viewport: { width: 1_280, height: 900 } });
  const answer = await context.request.post(`${url}/v1/session`, {
    data: { user: 'guest', password: 'guest' },
    headers: { origin: url },
  });
  if (!answer.ok()) throw new Error(`sign-in: ${answer.status()} ${await answer.text()}`);
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  const debugged = await context.newCDPSession(page);
  await debugged.send('Network.enable');
  return { context, page, debugged };
}

/** Resolves once a plot shows a value that is known. */
export function firstFigure(page) {
  return page.locator('figure strong', { hasText: /\d/ }).first().waitFor();
}

/** Counts what goes over the wire from now on: requests, and bytes received, headers and event streams included. */
export function countTraffic(debugged) {
  const traffic = { requests: 0, bytes: 0 };
  debugged.on('Network.requestWillBeSent', () => traffic.requests++);
  debugged.on('Network.loadingFinished', ({ encodedDataLength }) => (traffic.bytes += encodedDataLength));
  debugged.on('Network.eventSourceMessageReceived', ({ data }) => (traffic.bytes += data.length));
  return traffic;
}
