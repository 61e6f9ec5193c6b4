/** Moments as the report writes them. */

/** In UTC, to the second. */
export function momentText(atMs: number): string {
  return new Date(atMs).toISOString().replace(/\.\d{3}Z$/, 'Z');
}
