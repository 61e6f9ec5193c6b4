/** What the controls of a page would do, each with the ways that were shown for it. Nothing is changed on the server. */
import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';

const script = readFileSync(new URL('./in-page.mjs', import.meta.url), 'utf8');

export interface Way {
  readonly command: string;
  readonly request: string;
}

/** A request that a control made. */
export interface Act {
  /** The control, by the place that it is in and what it says. */
  readonly sign: string;
  readonly request: { readonly method: string; readonly path: string; readonly body: string };
  readonly shown: readonly Way[];
}

interface Pressed {
  readonly acts: readonly Act[];
  readonly done: readonly string[];
  readonly isOver: boolean;
}

interface InPage {
  readonly walk: {
    press(already: readonly string[]): Promise<Pressed>;
    waysSeen(): Way[];
    settled(): Promise<void>;
    readonly refused: readonly string[];
  };
}

/** Whether a request of the same method and path was shown beside what made it. */
export function isShown({ request: { method, path }, shown }: Act): boolean {
  return shown.some(({ request }) => {
    const [verb, target] = request.split(' ');
    return verb === method && target?.split('?')[0] === path;
  });
}

/** Before the page is loaded. */
export async function watchActs(page: Page): Promise<void> {
  await page.addInitScript(script);
  await page.reload();
}

/** Presses every control of the page; `again` opens the page anew where one led away from it. */
export async function pressAll(page: Page, again: () => Promise<void>): Promise<readonly Act[]> {
  const acts: Act[] = [];
  let done: readonly string[] = [];
  for (let turn = 0; turn < 20; turn++) {
    const pressed = await page.evaluate(
      (already) => (globalThis as unknown as InPage).walk.press(already),
      done,
    );
    acts.push(...pressed.acts);
    if (pressed.isOver) return acts;
    done = pressed.done;
    await again();
  }
  throw new Error(`pressing does not come to an end: ${done.join(', ')}`);
}

export function waysSeen(page: Page): Promise<Way[]> {
  return page.evaluate(() => (globalThis as unknown as InPage).walk.waysSeen());
}

/** Requests that the server refused for want of a right since the page was loaded. */
export function refusedIn(page: Page): Promise<readonly string[]> {
  return page.evaluate(() => (globalThis as unknown as InPage).walk.refused);
}
