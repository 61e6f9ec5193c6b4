/** How available engines were over a span, against a goal. Invariant: unknown time counts as neither up nor down. */
import { z } from 'zod';
import type { Alerts, EngineAvailability } from '../alerts/index.js';
import { SluiceError } from '../kernel/index.js';
import type { ServerOperation } from './services.js';

const minuteMs = 60_000;
const dayMs = 86_400_000;
const usualGoal = 0.999;
/** A burn-rate rule on this counter says how available the engine is to be. */
const downSeries = 'sluice_probe_down_seconds_total';

const availabilityInput = z.strictObject({
  sinceMs: z
    .number()
    .min(minuteMs)
    .max(30 * dayMs)
    .default(dayMs)
    .describe('how far back, in milliseconds; a day unless given'),
});

export interface AvailabilityAnswer {
  readonly fromMs: number;
  readonly toMs: number;
  /** The share of the time in which an engine is to be up. */
  readonly goal: number;
  /** The rule that says so; left out: it is the usual goal. */
  readonly goalRule?: string;
  readonly engines: readonly EngineAvailability[];
}

/** A small part of the report, at a small part of its cost. */
export const availabilityShow: ServerOperation<z.input<typeof availabilityInput>, AvailabilityAnswer> = {
  input: availabilityInput,
  async run({ figures, alerts }, { sinceMs = dayMs }) {
    if (figures?.second === undefined)
      throw new SluiceError(
        'unsupported',
        'nothing was measured yet, or no history is kept (monitor.enabled)',
      );
    const { availabilityOfEngines } = await import('../alerts/index.js');
    const toSecond = figures.second + 1;
    const fromSecond = toSecond - Math.round(sinceMs / 1_000);
    return {
      ...{ fromMs: fromSecond * 1_000, toMs: toSecond * 1_000, ...goalOf(alerts) },
      engines: await availabilityOfEngines(figures, { fromSecond, toSecond }),
    };
  },
};

/** The strictest goal that a rule sets. */
function goalOf(alerts: Alerts | undefined): Pick<AvailabilityAnswer, 'goal' | 'goalRule'> {
  const goals = (alerts?.rules() ?? []).flatMap(({ rule }) =>
    rule.kind === 'burn-rate' && rule.bad === downSeries
      ? [{ goal: rule.objective, goalRule: rule.name }]
      : [],
  );
  return goals.toSorted((one, other) => other.goal - one.goal)[0] ?? { goal: usualGoal };
}
