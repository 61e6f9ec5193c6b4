/** What a page shows of figures, as plain data. Runs in the page, so that it uses nothing from outside. */

/** A name beside or above a figure. */
export interface FigureSeen {
  readonly text: string;
  /** The first value that it stands for. */
  readonly value: string;
  /** Where it leads; left out: nowhere. */
  readonly link?: string;
}

/** As much of an element as is used: these files are checked without a browser's types. */
interface Element {
  readonly textContent: string | null;
  readonly nextElementSibling: Element | null;
  readonly children: ArrayLike<Element | undefined>;
  readonly classList: { contains(name: string): boolean };
  querySelector(selector: string): Element | null;
  querySelectorAll(selector: string): Iterable<Element>;
  closest(selector: string): Element | null;
  getAttribute(name: string): string | null;
}

/** Names of figures: terms with a number, heads of columns of numbers, plots. */
export function figuresSeen(): FigureSeen[] {
  const { document } = globalThis as unknown as { readonly document: Element };
  const main = document.querySelector('main')!;
  const textOf = (element: Element | null | undefined): string =>
    (element?.textContent ?? '').replaceAll(/\s+/g, ' ').trim();
  const number =
    /^[<>≈+−-]?\s?\d[\d,]*(\.\d+)?(\s?(%|B|[KMGT]iB|µs|ms|s|min|h|d|\/s|times|of \d+))?(\s|,|;|$)/;
  const isFigure = (text: string): boolean => number.test(text) || /^–?(unknown|never)$/.test(text);
  const seen: FigureSeen[] = [];
  const add = (name: Element, value: string): void => {
    const link = name.querySelector('a[href^="#/figures/"]')?.getAttribute('href');
    seen.push({ text: textOf(name), value: value.slice(0, 40), ...(link && { link }) });
  };
  for (const term of main.querySelectorAll('dt')) {
    const value = textOf(term.nextElementSibling);
    if (isFigure(value)) add(term, value);
  }
  for (const table of main.querySelectorAll('table')) {
    // The table of a plot is the plot again.
    if (table.closest('figure') !== null) continue;
    for (const [index, head] of [...table.querySelectorAll('thead tr:last-child > *')].entries()) {
      const values = [...table.querySelectorAll('tbody tr')].map((row) => textOf(row.children[index]));
      const told = values.filter((text) => text !== '');
      const isNumber = head.classList.contains('number') || (told.length > 0 && told.every(isFigure));
      if (isNumber) add(head, told[0] ?? '');
    }
  }
  for (const figure of main.querySelectorAll('figure:has(canvas)')) add(figure, 'a plot');
  return seen;
}
