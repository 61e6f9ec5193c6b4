/**
 * Probes the own engine and those beside it, as the settings say. Invariant: probing never keeps anybody from starting,
 * and its end never keeps one from stopping.
 */
import { hostname } from 'node:os';
import type { Broker } from '../broker/index.js';
import { EmbeddedEngine } from '../engines/embedded/index.js';
import { systemRandom, type Clock } from '../kernel/index.js';
import { Prober, type ObservedEngine, type ProbedEngine, type ProbeSettings } from '../monitor/index.js';
import { problemsInto, type GovernanceLog } from './governance-log.js';

/** The server gives a silent connection up after this, and delivers again what it held. */
const leaseMsMin = 2_000;

/** What probing needs of whoever probes. */
export interface ProbingParts {
  readonly directory: string;
  readonly broker: Broker;
  readonly clock: Clock;
  readonly log: GovernanceLog;
}

/** Probes an engine beside the own one over a connection of its own, until it is stopped. */
export function probeBeside(
  parts: ProbingParts,
  engine: string,
  { amqp, probe }: { readonly amqp: ObservedEngine['amqp']; readonly probe: ProbeSettings },
): Prober {
  const { clock } = parts;
  const leaseMs = Math.max(leaseMsMin, probe.timeout);
  const name = `sluice probe of ${engine}`;
  const open = async (): Promise<ProbedEngine> => {
    const { openRabbitmq } = await import('../engines/rabbitmq/index.js');
    return openRabbitmq(amqp, { name, clock, leaseMs });
  };
  return startProber(parts, engine, probe, open);
}

/** Probes the own broker, through its engine in this process. */
export function probeOwn(parts: ProbingParts, engine: string, probe: ProbeSettings): Prober {
  const { directory, broker, clock } = parts;
  const nothing = (): Promise<void> => Promise.resolve();
  const own = new EmbeddedEngine(directory, broker, clock, nothing);
  // The broker outlives its probes: only what they receive with is closed.
  const probed: ProbedEngine = {
    topology: own.topology,
    send: (queue, messages) => own.send(queue, messages),
    receive: (queue, options) => own.receive(queue, options),
    close: nothing,
  };
  return startProber(parts, engine, probe, () => Promise.resolve(probed));
}

function startProber(
  { clock, log }: ProbingParts,
  engine: string,
  { every, timeout, queue = `sluice.probe.${hostname()}` }: ProbeSettings,
  open: () => Promise<ProbedEngine>,
): Prober {
  const tell = problemsInto(log, 'probe.problem', 'Probe messages do not come back');
  const prober = new Prober({
    ...{ engine, clock, queue, open, everyMs: every, timeoutMs: timeout },
    random: systemRandom(),
    onProblem: (problem) => {
      tell(problem, { engine });
    },
  });
  prober.start();
  return prober;
}
