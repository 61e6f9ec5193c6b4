/** A broker in memory with remedies over it, for tests of what remedies do. */
import {
  Remedies,
  remedySettings,
  type Incident,
  type IncidentEvent,
  type RemedyStep,
  type Rule,
} from '../../src/alerts/index.js';
import { seededRandom } from '../../src/kernel/index.js';
import type { Figures } from '../../src/monitor/index.js';
import { SimulatedBroker } from './simulated-broker.js';
import {
  BrokerActions,
  Redrives,
  type PublisherLimit,
  type TaskWorkers,
} from '../../src/operations/index.js';

export const ana = { name: 'ana', source: 'test' };
export const ben = { name: 'ben', source: 'test' };

/** What a test says of the rest of the server. */
export interface RemediedOptions {
  readonly figures?: Figures | undefined;
  readonly incidents?: () => readonly Incident[];
  readonly remedyOf?: (rule: string) => NonNullable<Rule['remedy']> | undefined;
  /** As `alerts.remedies` of the configuration. */
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly workers?: TaskWorkers;
  readonly isMended?: () => boolean | undefined;
}

export interface RemediedServer {
  readonly at: SimulatedBroker;
  readonly remedies: Remedies;
  readonly lines: IncidentEvent[];
  readonly steps: RemedyStep[];
  readonly limits: Map<string, PublisherLimit>;
  /** Messages that connections of the user `loud` have published, by their names. */
  readonly published: Map<string, number>;
  readonly problems: string[];
  /** What the actions of the broker are, to be failed by a test. */
  readonly actions: BrokerActions;
}

const nobodyWorks: TaskWorkers = {
  list: () => Promise.resolve([]),
  setConcurrency: () => Promise.resolve(),
};
const nobody: readonly Incident[] = [];

/** Opens remedies over a broker, with what an earlier server left in its directory. */
export async function remedied(at: SimulatedBroker, options: RemediedOptions = {}): Promise<RemediedServer> {
  const [lines, steps, problems]: [IncidentEvent[], RemedyStep[], string[]] = [[], [], []];
  const limits = new Map<string, PublisherLimit>();
  const published = new Map<string, number>();
  const incidents = options.incidents ?? (() => nobody);
  const redrives = new Redrives({ broker: at.broker, clock: at.clock, random: seededRandom(4) });
  const actions = new BrokerActions({
    broker: at.broker,
    clock: at.clock,
    connections: connectionsOver(limits, published),
    taskQueue: (task) => Promise.resolve(`sluice.tasks.${task}`),
    workers: options.workers ?? nobodyWorks,
    redrives: () => Promise.resolve(redrives),
  });
  const remedies = await Remedies.open({
    ...{ clock: at.clock, disk: at.disk, directory: '/data', random: seededRandom(3), actions },
    settings: remedySettings.parse(options.settings ?? {}),
    figures: options.figures,
    incidents: {
      incidents,
      incident: (id) => incidents().find((incident) => incident.id === id),
      remedyOf: (rule) => options.remedyOf?.(rule),
    },
    addLine: (_incident, event) => lines.push(event),
    isMended: () => options.isMended?.(),
    audit: (step) => steps.push(step),
    onProblem: (problem) => problems.push(problem),
  });
  return { at, remedies, lines, steps, limits, published, problems, actions };
}

function connectionsOver(
  limits: Map<string, PublisherLimit>,
  published: ReadonlyMap<string, number>,
): ConstructorParameters<typeof BrokerActions>[0]['connections'] {
  return {
    count: 0,
    churn: undefined,
    figures: () => [],
    list: () => [],
    details: () =>
      [...published].map(([name, count]) => ({
        ...{ name, user: 'loud', vhost: '/', channelList: [{ published: count }] },
      })) as never,
    close: () => false,
    limits: {
      list: () => [...limits.values()],
      set: (limit) => limits.set(limit.name, limit),
      lift: (name) => limits.delete(name),
    },
  };
}
