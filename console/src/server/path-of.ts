/** Paths of the API. Pure. */

/** The path of an object: its names, percent-encoded. */
export function pathOf(...parts: readonly string[]): string {
  return parts.map((part) => `/${encodeURIComponent(part)}`).join('');
}
