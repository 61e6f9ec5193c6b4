/** An engine beside the own one: what it is measured by, its probes, and what operators reach it through. */
import type { Clock } from '../kernel/index.js';
import type { Monitor, ObservedEngine } from '../monitor/index.js';
import type { EngineBeside } from '../operations/index.js';
import type { ConfiguredPart } from './configured-parts.js';
import { besideEngine } from './beside/open-beside.js';
import { engineSources, polledEngine } from './observe-engines.js';
import { probeBeside, type ProbingParts } from './probe-engines.js';

export interface BesideParts extends ProbingParts {
  readonly clock: Clock;
  readonly monitor: Monitor;
  /** Whether engines are probed at all. */
  readonly probes: boolean;
}

/** An engine that is measured until it is stopped. */
export interface MeasuredBeside extends ConfiguredPart<ObservedEngine> {
  readonly engine: EngineBeside;
}

export function measureBeside(
  { monitor, probes, ...parts }: BesideParts,
  name: string,
  observed: ObservedEngine,
): MeasuredBeside {
  const { clock } = parts;
  const { management, amqp, probe } = observed;
  const prober = probes && probe !== false ? probeBeside(parts, name, { amqp, probe }) : undefined;
  const figures = prober && (() => prober.figures);
  const polled = polledEngine(management, clock);
  const forgets = engineSources(name, polled, figures).map((source) => monitor.add(source));
  const engine = besideEngine(name, observed, polled, clock);
  return {
    engine,
    async stop() {
      for (const forget of forgets) forget();
      await Promise.all([prober?.stop(), engine.close()]);
    },
  };
}
