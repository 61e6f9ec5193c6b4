/** A line of bars for numbers. Invariant: as many characters as numbers; what is unknown is a space. */

const bars = '▁▂▃▄▅▆▇█';

/** Bars from zero, or from the least where that is below it, to the greatest. */
export function sparkline(values: readonly (number | null)[]): string {
  const known = values.filter((value) => value !== null);
  const low = Math.min(0, ...known);
  const span = Math.max(...known) - low;
  return values
    .map((value) => {
      if (value === null) return ' ';
      const step = span > 0 ? Math.round(((value - low) / span) * (bars.length - 1)) : 0;
      return bars[step]!;
    })
    .join('');
}

/** So few values that they fit: the mean of each stretch of known ones. */
export function condensed(values: readonly (number | null)[], countMax: number): (number | null)[] {
  if (values.length <= countMax) return [...values];
  return Array.from({ length: countMax }, (_, index) => {
    const from = Math.floor((index * values.length) / countMax);
    const to = Math.floor(((index + 1) * values.length) / countMax);
    const known = values.slice(from, to).filter((value) => value !== null);
    return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length;
  });
}
