/** The release of Sluice, as the package says it. */
import { readFileSync } from 'node:fs';

/** For example `0.1.0`. */
export function sluiceVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  const { version } = JSON.parse(text) as { version?: unknown };
  return typeof version === 'string' ? version : 'unknown';
}
