/**
 * A real Chromium on the console of a real server. Invariant: a page that runs what it was only to show, breaks its
 * policy or throws, fails the test in which it did.
 */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chromium, type Browser, type Page } from 'playwright-core';
import { expect } from 'vitest';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const patienceMs = 30_000;

const chromiumPath = '/usr/bin/chromium';

/** Undefined: there is one. */
export const whyNoBrowser = existsSync(chromiumPath) ? undefined : "Debian's chromium is not installed";
if (whyNoBrowser !== undefined && process.env['SLUICE_REQUIRE_ALL'] === '1') throw new Error(whyNoBrowser);

export async function startBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: chromiumPath, args: ['--no-sandbox', '--disable-gpu'] });
}

export interface Visit {
  readonly page: Page;
  /** What the page complained of; empty: nothing. */
  readonly complaints: string[];
  close(): Promise<void>;
}

export interface VisitOptions {
  readonly locale?: string;
  readonly colorScheme?: 'light' | 'dark';
  readonly width?: number;
}

/** Opens the console as somebody who comes for the first time. */
export async function visit(browser: Browser, url: string, options: VisitOptions = {}): Promise<Visit> {
  const { locale = 'en-GB', colorScheme = 'light', width = 1_280 } = options;
  const context = await browser.newContext({ locale, colorScheme, viewport: { width, height: 900 } });
  const page = await context.newPage();
  page.setDefaultTimeout(patienceMs);
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(`threw: ${error.message}`));
  page.on('dialog', (dialog) => {
    complaints.push(`opened a dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('console', (message) => {
    // A browser tells of every refused request; what the page makes of it is seen on the page.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
      complaints.push(message.text());
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(url)) complaints.push(`asked another server: ${request.url()}`);
  });
  await page.goto(url);
  return { page, complaints, close: () => context.close() };
}

/** Signs in by keyboard. */
export async function signIn(page: Page, user = 'guest', password = 'guest'): Promise<void> {
  await page.getByRole('button', { name: /^(Sign in|登录)$/ }).waitFor();
  // Whoever's session is over finds their name there, and goes on with the password.
  await page.locator('input[name="user"]').focus();
  await page.keyboard.press('Control+A');
  await page.keyboard.type(user);
  await page.keyboard.press('Tab');
  await page.keyboard.type(password);
  await page.keyboard.press('Enter');
  await page.locator('input[name="user"]').waitFor({ state: 'detached' });
  await page.getByRole('navigation').first().waitFor();
}

/** What axe-core finds on the page as it is: rule, and where. */
export async function barriers(page: Page): Promise<readonly string[]> {
  // Evaluated by the browser's debugger, past the page's own policy.
  await page.evaluate(axeSource);
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: { run: () => Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
    };
    const { violations } = await axe.run();
    return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`));
  });
}

export function expectNoComplaint({ complaints }: Visit): void {
  expect(complaints).toEqual([]);
}
