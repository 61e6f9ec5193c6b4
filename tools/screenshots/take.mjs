/**
 * Takes the pictures of the console that the documentation shows, in docs/images, from the demonstration with its
 * incident. Needs Chromium: CHROMIUM names it, /usr/bin/chromium else; and a font with Chinese for the Chinese ones.
 */
import { existsSync, mkdirSync } from 'node:fs';
import { chromium } from 'playwright-core';
import { inRoot } from '../preparation/paths.mjs';
import { incidentOf, startDemonstration } from './demonstration.mjs';
import { pictures } from './pictures.mjs';

const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
const patienceMs = 300_000;
/** Plots get their first points, and what moves comes to rest. */
const settleMs = 6_000;

async function take(browser, address, incident, picture) {
  const { name, path, seen, whole = false } = picture;
  const { locale = 'en-GB', colorScheme = 'light', width = 1_280 } = picture;
  const context = await browser.newContext({
    ...{ locale, colorScheme, deviceScaleFactor: 1 },
    viewport: { width, height: width < 600 ? 844 : 900 },
    timezoneId: 'UTC',
  });
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  await page.goto(`${address}/`);
  await page.locator('input[name=user]').fill('guest');
  await page.locator('input[name=password]').fill('guest');
  await page.keyboard.press('Enter');
  await page.getByRole('navigation').waitFor();
  await page.goto(`${address}/#/${path.replace('INCIDENT', incident)}`);
  await page.locator(seen).first().waitFor();
  await page.waitForTimeout(settleMs);
  await page.screenshot({ path: inRoot('docs', 'images', `${name}.png`), fullPage: whole });
  await context.close();
  console.log(`docs/images/${name}.png`);
}

if (!existsSync(executablePath)) {
  console.error(`There is no Chromium at ${executablePath}: install it, or name it in CHROMIUM.`);
  process.exit(1);
}
const only = process.argv.slice(2);
const unknown = only.filter((name) => !pictures.some((picture) => picture.name === name));
if (unknown.length > 0) {
  console.error(`There is no picture ${unknown.join(', ')}: ${pictures.map(({ name }) => name).join(', ')}.`);
  process.exit(2);
}
mkdirSync(inRoot('docs', 'images'), { recursive: true });
console.log('Starting the demonstration; its incident comes within two minutes.');
const demonstration = await startDemonstration();
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
try {
  const incident = await incidentOf(demonstration.address, patienceMs);
  for (const picture of pictures)
    if (only.length === 0 || only.includes(picture.name))
      await take(browser, demonstration.address, incident, picture);
} finally {
  await browser.close();
  await demonstration.stop();
}
