/**
 * How people write and read amounts: sizes (`200MiB`) and durations (`30m`). A bare number is bytes or
 * milliseconds. Everything else in the program holds plain numbers with the unit in the name.
 */
const byteUnits: ReadonlyMap<string, number> = new Map([
  ['b', 1],
  ['kb', 1e3],
  ['mb', 1e6],
  ['gb', 1e9],
  ['tb', 1e12],
  ['kib', 2 ** 10],
  ['mib', 2 ** 20],
  ['gib', 2 ** 30],
  ['tib', 2 ** 40],
]);

const durationUnits: ReadonlyMap<string, number> = new Map([
  ['ms', 1],
  ['s', 1_000],
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
]);

const amountPattern = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/;

function parseAmount(text: string, units: ReadonlyMap<string, number>): number | undefined {
  const match = amountPattern.exec(text.trim().toLowerCase());
  if (match === null) return undefined;
  const unit = match[2] ?? '';
  const factor = unit === '' ? 1 : units.get(unit);
  if (factor === undefined) return undefined;
  const value = Math.round(Number(match[1]) * factor);
  return Number.isSafeInteger(value) ? value : undefined;
}

/** Bytes from `512`, `64KiB`, `1.5 GB`; undefined when it is no size. */
export function parseBytes(text: string): number | undefined {
  return parseAmount(text, byteUnits);
}

/** Milliseconds from `250`, `250ms`, `30m`, `1.5h`; undefined when it is no duration. */
export function parseDurationMs(text: string): number | undefined {
  return parseAmount(text, durationUnits);
}

/** A size for people, in binary units: `1.5 GiB`. */
export function formatBytes(bytes: number): string {
  const steps = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'];
  let value = bytes;
  let step = 0;
  while (value >= 1024 && step < steps.length - 1) {
    value /= 1024;
    step += 1;
  }
  const digits = step === 0 || value >= 100 ? 0 : 1;
  return `${value.toFixed(digits).replace(/\.0$/, '')} ${steps[step] ?? ''}`;
}

/** A duration for people: `1.5 s`, `3 min 20 s`, `2 d 4 h`. */
export function formatDuration(durationMs: number): string {
  if (durationMs < 1_000) return `${Math.round(durationMs)} ms`;
  if (durationMs < 60_000) return `${(durationMs / 1_000).toFixed(1).replace(/\.0$/, '')} s`;
  const seconds = Math.floor(durationMs / 1_000);
  const parts: readonly (readonly [number, string])[] = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3_600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
    [seconds % 60, 's'],
  ];
  const first = parts.findIndex(([count]) => count > 0);
  return parts
    .slice(first, first + 2)
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(' ');
}
