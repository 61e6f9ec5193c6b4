/** Schemas of settings that people write as amounts: `200MiB`, `30m`, `40%`. */
import { z } from 'zod';
import { parseBytes, parseDurationMs } from './amounts.js';

function quantity(parse: (text: string) => number | undefined, example: string): z.ZodType<number> {
  return z.unknown().transform((value, context) => {
    const parsed =
      typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
        ? value
        : typeof value === 'string'
          ? parse(value)
          : undefined;
    if (parsed !== undefined) return parsed;
    context.addIssue({ code: 'custom', message: `must be ${example}` });
    return z.NEVER;
  });
}

/** Schema of a size; gives bytes. */
export const bytesSetting = quantity(parseBytes, 'a size such as 200MiB, 1.5GB or a number of bytes');

/** Schema of a duration; gives milliseconds. */
export const durationSetting = quantity(
  parseDurationMs,
  'a duration such as 250ms, 30s, 5m, 2h or a number of milliseconds',
);

/** A limit on memory: fixed, or a share of what the machine (or its container) has. */
export type MemoryLimit = { readonly kind: 'bytes'; readonly bytes: number } | MemoryShare;
export interface MemoryShare {
  readonly kind: 'share';
  /** Over 0, up to 1. */
  readonly share: number;
}

function parseShare(text: string): MemoryShare | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*%$/.exec(text.trim());
  const share = Number(match?.[1]) / 100;
  return share > 0 && share <= 1 ? { kind: 'share', share } : undefined;
}

/** Schema of a memory limit: `40%` or a size. */
export const memorySetting: z.ZodType<MemoryLimit> = z.unknown().transform((value, context) => {
  const share = typeof value === 'string' ? parseShare(value) : undefined;
  if (share !== undefined) return share;
  const size = bytesSetting.safeParse(value);
  if (size.success && size.data > 0) return { kind: 'bytes' as const, bytes: size.data };
  context.addIssue({ code: 'custom', message: 'must be a share such as 40% or a size such as 2GiB' });
  return z.NEVER;
});
