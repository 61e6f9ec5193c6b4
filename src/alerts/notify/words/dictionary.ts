/** Every word of a notification, in one language. The compiler holds each language to the whole list. */
import type { Severity } from '../../types.js';
import type { NoticeReason } from '../notice.js';

export interface Dictionary {
  readonly severity: Readonly<Record<Severity, string>>;
  /** What happened, as the beginning of a title; `changed` is never shown. */
  readonly reason: Readonly<Record<NoticeReason, string>>;
  readonly what: string;
  readonly where: string;
  readonly since: string;
  readonly cause: string;
  readonly noCause: string;
  readonly remedy: string;
  readonly command: string;
  readonly acknowledgedBy: string;
  readonly happened: string;
  readonly lasted: string;
  readonly runbook: string;
  readonly open: string;
  /** Of more alerts than are shown. */
  readonly more: (count: number) => string;
  readonly duration: (durationMs: number) => string;
  /** Kinds of objects; one that is not here is shown by its name in the catalogue. */
  readonly kind: Readonly<Record<string, string>>;
  /** Between the parts of a list. */
  readonly comma: string;
  readonly colon: string;
}

/** The two greatest units of a time that is not 0: `[2, 'h'], [5, 'min']`. */
export function partsOf(
  durationMs: number,
): readonly (readonly [count: number, unit: 'd' | 'h' | 'min' | 's'])[] {
  const seconds = Math.max(0, Math.round(durationMs / 1_000));
  const parts = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3_600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
    [seconds % 60, 's'],
  ] as const;
  const first = parts.findIndex(([count]) => count > 0);
  if (first === -1) return [[0, 's']];
  return parts.slice(first, first + 2).filter(([count]) => count > 0);
}
