/**
 * How available engines were, and how soon they came back. Invariant: unknown time counts as neither up nor down, and
 * ends no failure.
 */
import type { Figures } from '../../monitor/index.js';
import { increaseOf, pointsOf, type Span, type SpanPoint } from './span.js';
import type { EngineAvailability } from './types.js';

/** Enough for a point a minute over a week. */
const pointsMax = 10_080;

export async function availabilityOfEngines(figures: Figures, span: Span): Promise<EngineAvailability[]> {
  const engines: EngineAvailability[] = [];
  for (const labels of figures.objects('engine')) {
    const probed = await availabilityByProbe(figures, labels, span);
    if (probed !== undefined) {
      engines.push(probed);
      continue;
    }
    const points = await pointsOf(figures, 'engine_up', labels, span, pointsMax);
    if (points.some(({ value }) => value !== undefined))
      engines.push(availabilityIn(labels[0]!, points, span));
  }
  return engines;
}

/** From what probe messages found; undefined: none was sent in the span. */
async function availabilityByProbe(
  figures: Figures,
  labels: readonly string[],
  span: Span,
): Promise<EngineAvailability | undefined> {
  const increase = async (name: string): Promise<number> =>
    (await increaseOf(figures, name, labels, span)) ?? 0;
  const [up, down] = [await increase('probe_up_seconds_total'), await increase('probe_down_seconds_total')];
  if (up + down <= 0) return undefined;
  const recoveries = await increase('probe_recovery_seconds_count');
  const recovering = await increase('probe_recovery_seconds_sum');
  return {
    ...{ engine: labels[0]!, measuredBy: 'probe', upSeconds: up, downSeconds: down },
    failures: await increase('probe_outages_total'),
    unknownSeconds: Math.max(0, span.toSecond - span.fromSecond - up - down),
    availability: up / (up + down),
    ...(recoveries > 0 ? { recoverySeconds: recovering / recoveries } : {}),
  };
}

/** From points that are the share of their time in which the engine was up. */
export function availabilityIn(
  engine: string,
  points: readonly SpanPoint[],
  { fromSecond, toSecond }: Span,
): EngineAvailability {
  let [up, down, failures, ended, endedDown, current] = [0, 0, 0, 0, 0, 0];
  for (const { second, stepSeconds, value } of points) {
    if (value === undefined) continue;
    const seconds = Math.min(second + stepSeconds, toSecond) - Math.max(second, fromSecond);
    if (seconds <= 0) continue;
    const downSeconds = seconds * (1 - value);
    up += seconds - downSeconds;
    down += downSeconds;
    if (downSeconds > 0 && current === 0) failures++;
    current += downSeconds;
    // Up through a whole point: it has recovered.
    if (downSeconds > 0 || current === 0) continue;
    ended++;
    endedDown += current;
    current = 0;
  }
  return {
    ...{ engine, measuredBy: 'engine' as const, upSeconds: up, downSeconds: down, failures },
    unknownSeconds: Math.max(0, toSecond - fromSecond - up - down),
    ...(up + down > 0 ? { availability: up / (up + down) } : {}),
    ...(ended > 0 ? { recoverySeconds: endedDown / ended } : {}),
  };
}
