/** How fast consumers are, from two looks at them. Invariant: what was not seen twice, or began anew, is unknown. */
import type { FigureRow } from '../../server/answers.ts';

export interface ConsumerRow {
  readonly consumer: string;
  readonly held: number | undefined;
  /** Undefined: without a limit. */
  readonly prefetch: number | undefined;
  /** Seconds. */
  readonly oldest: number | undefined;
  readonly acknowledged: number | undefined;
  readonly perSecond: number | undefined;
  /** Seconds a message, by quantile, of the last second in which there were any. */
  readonly median: number | undefined;
  readonly tail: number | undefined;
}

export interface Look {
  readonly atMs: number;
  readonly consumers: readonly FigureRow[];
}

const counted = 'sluice_consumer_messages_acknowledged_total';

export function consumerRows(before: Look | undefined, now: Look): readonly ConsumerRow[] {
  const earlier = new Map(
    before?.consumers.map(({ labels, figures }) => [labels['consumer'], figures[counted]]),
  );
  const seconds = before === undefined ? 0 : (now.atMs - before.atMs) / 1_000;
  return now.consumers.map(({ labels, figures }) => {
    const [acknowledged, counts] = [figures[counted], earlier.get(labels['consumer'])];
    const held = figures['sluice_consumer_unacknowledged_messages'];
    const grown = acknowledged === undefined || counts === undefined ? undefined : acknowledged - counts;
    const perSecond = grown === undefined || grown < 0 || seconds <= 0 ? undefined : grown / seconds;
    return {
      ...{ consumer: labels['consumer'] ?? '', held, acknowledged, perSecond },
      prefetch: figures['sluice_consumer_prefetch_limit'],
      oldest: figures['sluice_consumer_oldest_unacknowledged_age_seconds'],
      median: figures['sluice_consumer_processing_seconds_p50'],
      tail: figures['sluice_consumer_processing_seconds_p99'],
    };
  });
}
