/** The ledger of all runs, one entry a scenario: counts only ever grow, whichever machine they were made on. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Adds the named figures of `result` to the entry `scenario` of the ledger at `path`. */
export function addToLedger(path, scenario, names, result) {
  let ledger = {};
  try {
    ledger = JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    // The first run begins the ledger.
  }
  const entry = ledger[scenario] ?? {};
  for (const name of names) entry[name] = (entry[name] ?? 0) + result[name];
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${JSON.stringify({ ...ledger, [scenario]: entry }, null, 2)}\n`);
}

/** One figure a line. */
export function figuresText(figures) {
  return Object.entries(figures)
    .map(([name, value]) => `${name.padEnd(12)}${String(value).padStart(12)}\n`)
    .join('');
}
