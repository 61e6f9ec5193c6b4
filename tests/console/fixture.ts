/**
 * A server of its own, a real browser on its console, and the looks in which every page is tried. Invariant: whatever
 * a test opened is closed after it, and what the page complained of fails it.
 */
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { makeWorkplace, type Workplace } from '../cli/sluice.js';
import {
  barriers,
  expectNoComplaint,
  signIn,
  startBrowser,
  visit,
  whyNoBrowser,
  type Visit,
  type VisitOptions,
} from './browser.js';

const basic = `Basic ${Buffer.from('guest:guest').toString('base64')}`;

/** A language, a theme and a width; all of them together are every one of each. */
export const looks = [
  { locale: 'en-GB', colorScheme: 'light', width: 1_280 },
  { locale: 'zh-CN', colorScheme: 'dark', width: 1_280 },
  { locale: 'zh-CN', colorScheme: 'light', width: 360 },
  { locale: 'en-GB', colorScheme: 'dark', width: 360 },
] as const satisfies readonly VisitOptions[];

/** Of a page under test: its address after `#/`, and a selector of what is there once it shows what it is about. */
export type Shown = readonly [path: string, selector: string];

export class ConsoleFixture {
  place!: Workplace;
  url = '';
  /** For programs that work with the server. */
  amqpPort = 0;
  /** Of the server's process. */
  pid = 0;
  #browser!: Browser;
  #visit: Visit | undefined;

  /** @param words - further options of `sluice up`. */
  async start(words: readonly string[] = []): Promise<void> {
    this.#browser = await startBrowser();
    this.place = await makeWorkplace();
    const { pid, ports } = await this.place.up(['--http', '0', '--data', this.place.data, ...words]).ready;
    this.url = `http://localhost:${String(ports.http)}`;
    this.amqpPort = ports.amqp;
    this.pid = pid;
  }

  async stop(): Promise<void> {
    await this.#browser.close();
    await this.place.close();
  }

  /** A request to the API as `guest`, past the console; its answer. */
  async call<Answer = unknown>(method: string, path: string, body?: unknown): Promise<Answer> {
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: { authorization: basic, 'content-type': 'application/json', 'x-requested-with': 'test' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    expect(response.ok, `${method} ${path}: ${text}`).toBe(true);
    return (text === '' ? undefined : JSON.parse(text)) as Answer;
  }

  /** The sign-in page, for a new visitor. */
  async open(options?: VisitOptions): Promise<Page> {
    await this.leave();
    this.#visit = await visit(this.#browser, this.url, options);
    return this.#visit.page;
  }

  /** The overview, for a new visitor who signed in. */
  async signedIn(options?: VisitOptions & { user?: string; password?: string }): Promise<Page> {
    const page = await this.open(options);
    await signIn(page, options?.user, options?.password);
    return page;
  }

  /** Goes to the page of an address, as a shared link does. */
  async show(page: Page, path: string): Promise<void> {
    await page.goto(`${this.url}/#/${path}`);
  }

  /** Each page, in each look: no barrier that axe-core knows, and nothing that scrolls sideways. */
  async expectPagesForAll(look: (typeof looks)[number], pages: readonly Shown[]): Promise<void> {
    const page = await this.signedIn(look);
    for (const [path, selector] of pages) {
      await this.show(page, path);
      // The table of a plot, which is folded, may be there before what is waited for.
      await page.locator(selector).filter({ visible: true }).first().waitFor();
      expect(await barriers(page), path).toEqual([]);
      const isTooWide = await page.evaluate(
        'document.documentElement.scrollWidth > document.documentElement.clientWidth',
      );
      expect(isTooWide, `${path} scrolls sideways`).toBe(false);
    }
  }

  /** In a window as wide as a laptop's, no column of the page's table is cut off. */
  async expectEveryColumn(path: string): Promise<void> {
    const page = await this.signedIn({ width: 1_440 });
    await this.show(page, path);
    const frame = page.locator('main .scroll').first();
    await frame.waitFor();
    const beyond = await frame.evaluate(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth);
    expect(beyond, `pixels of ${path} that are cut off`).toBeLessThanOrEqual(0);
  }

  /** Closes what is open, and fails if it complained. */
  async leave(): Promise<void> {
    const last = this.#visit;
    this.#visit = undefined;
    if (last === undefined) return;
    await last.close();
    expectNoComplaint(last);
  }
}

/**
 * Tests of the console; skipped with the reason where there is no browser. `prepare` gives further options of
 * `sluice up`, and makes what they name.
 */
export function describeConsole(
  title: string,
  tests: (fixture: ConsoleFixture) => void,
  prepare: () => Promise<readonly string[]> = () => Promise.resolve([]),
): void {
  const skipped = whyNoBrowser === undefined ? '' : ` [skipped: ${whyNoBrowser}]`;
  describe.skipIf(whyNoBrowser !== undefined)(`${title}${skipped}`, () => {
    const fixture = new ConsoleFixture();
    beforeAll(async () => fixture.start(await prepare()));
    afterEach(() => fixture.leave());
    afterAll(() => fixture.stop());
    tests(fixture);
  });
}

/** That pages are for all, in every look. */
export function itIsForAll(fixture: ConsoleFixture, pages: () => readonly Shown[]): void {
  it.each(looks)(
    'has no barrier that axe-core knows ($locale, $colorScheme, $width)',
    (look) => fixture.expectPagesForAll(look, pages()),
    120_000,
  );
}
