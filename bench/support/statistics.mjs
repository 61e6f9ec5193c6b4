/** Medians, percentiles and plain rendering of figures. Empty inputs give `undefined`: unknown, never zero. */

/** The middle value, or the mean of the middle two. */
export function median(values) {
  const sorted = values.filter((value) => value !== undefined).sort((a, b) => a - b);
  if (sorted.length === 0) return undefined;
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** The value at `fraction` (0 to 1) of a sorted Float64Array or array. */
export function percentile(sorted, fraction) {
  if (sorted.length === 0) return undefined;
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * fraction))];
}

/** Between which two values the median of what was sampled lies, 19 times out of 20, whatever its distribution. */
export function medianInterval(values) {
  const sorted = [...values].sort((a, b) => a - b);
  if (sorted.length < 6) return undefined;
  const reach = 0.98 * Math.sqrt(sorted.length);
  const low = Math.max(0, Math.floor(sorted.length / 2 - reach));
  const high = Math.min(sorted.length - 1, Math.ceil(sorted.length / 2 + reach) - 1);
  return [sorted[low], sorted[high]];
}

/** The median of each numeric field over several results of the same shape. */
export function medians(results) {
  const fields = Object.keys(results[0] ?? {}).filter((field) => typeof results[0][field] === 'number');
  return Object.fromEntries(fields.map((field) => [field, median(results.map((result) => result[field]))]));
}

/** A number with `digits` decimals and thousands separated, or `unknown`. */
export function figure(value, digits = 0) {
  if (value === undefined || Number.isNaN(value)) return 'unknown';
  return value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** Aligns rows of cells into columns: the first left, the others right. */
export function table(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => String(row[column]).length)));
  return rows
    .map((row) =>
      row
        .map((cell, column) =>
          column === 0 ? String(cell).padEnd(widths[0]) : String(cell).padStart(widths[column]),
        )
        .join('  '),
    )
    .join('\n');
}
