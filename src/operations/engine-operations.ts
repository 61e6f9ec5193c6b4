/** Engines, for operators: all of them, one with its nodes and copies, its queues. Invariant: unknown is told as unknown. */
import { z } from 'zod';
import { messageOf, SluiceError } from '../kernel/index.js';
import { ownEngine } from './broker-sources.js';
import {
  availabilityOf,
  besideRow,
  capabilityRows,
  engineValues,
  ownNodes,
  ownSums,
  replicaRows,
  type EngineDetail,
  type EngineRow,
} from './engine-rows.js';
import { ownQueue, ownQueueDetail } from './own-queues.js';
import type { EngineBeside, EngineQueue, EngineQueueDetail, EngineState } from './engines-beside.js';
import { queueActs, type QueueActs } from './engine-acts.js';
import { besideNamed, engineName, engineQueueName } from './engine-named.js';
import { emitInPieces } from './in-pieces.js';
import { nothing } from './inputs.js';
import { queueFiguresNamed, type QueueFigures } from './queue-figures.js';
import { queueListing, queueRow } from './queue-operations.js';
import type { ServerOperation, Services } from './services.js';

function stateOf(engine: EngineBeside): EngineState | undefined {
  try {
    return engine.state();
  } catch {
    // It does not answer, and its health says why.
    return undefined;
  }
}

async function rowOf(services: Services, engine: EngineBeside): Promise<EngineRow> {
  const health = await engine.health();
  return besideRow(engine, health, stateOf(engine), engineValues(services.monitor, engine.name));
}

async function ownRow({ server, monitor, connections }: Services): Promise<EngineRow> {
  const status = await server.status();
  const values = engineValues(monitor, ownEngine);
  return {
    ...{ engine: ownEngine, kind: 'embedded', address: status.directory, management: undefined },
    ...{ version: status.version, isUp: true, sinceMs: status.sinceMs, triedMs: undefined },
    problem: undefined,
    isProbed: values['sluice_probes_sent_total'] !== undefined,
    availability: availabilityOf(values),
    ...{ nodes: 1, nodesRunning: 1, ...ownSums(monitor), connections: connections.count },
    ...{ alarms: status.alarms, figures: values },
  };
}

/** Every engine, the own one first. */
export const engineList: ServerOperation<
  Record<string, never>,
  { readonly engines: readonly EngineRow[] }
> = {
  input: nothing,
  async run(services) {
    await services.monitor?.refresh();
    const beside = services.engines?.beside ?? [];
    const rows = [ownRow(services), ...beside.map((engine) => rowOf(services, engine))];
    return { engines: await Promise.all(rows) };
  },
};

/** One engine: also what it can do, its nodes, and copies of queues. */
export const engineShow: ServerOperation<{ engine: string }, EngineDetail> = {
  input: z.strictObject({ engine: engineName }),
  async run(services, { engine: name }) {
    const engine = besideNamed(services, name);
    await services.monitor?.refresh();
    if (engine === undefined) return ownDetail(services);
    const row = await rowOf(services, engine);
    const state = stateOf(engine);
    return {
      ...row,
      capabilities: capabilityRows(engine.capabilities),
      nodeList: state?.nodes ?? [],
      ...replicaRows(state?.queues ?? []),
    };
  },
};

async function ownDetail(services: Services): Promise<EngineDetail> {
  const row = await ownRow(services);
  return {
    ...row,
    capabilities: capabilityRows(services.engines?.capabilities),
    nodeList: services.monitor === undefined ? [] : ownNodes(services.monitor, row.alarms ?? []),
    ...{ replicas: [], replicasLeft: 0 },
  };
}

/** A queue as listed. */
export type EngineQueueRow = Omit<EngineQueue, 'copies'> & {
  readonly copies: number;
  /** Those that were asked for and are known; null: never. */
  readonly figures?: QueueFigures;
};

const engineQueueListing = queueListing.extend({ engine: engineName });

/**
 * Queues in the newest reading. Rejects with `connection-failed` while the engine does not answer, and with `bad-input`
 * for a figure that there is not.
 */
export const engineQueueList: ServerOperation<
  z.infer<typeof engineQueueListing>,
  { readonly count: number },
  readonly EngineQueueRow[]
> = {
  input: engineQueueListing,
  async run(services, { engine: name, vhost, figures = '' }, call) {
    const engine = besideNamed(services, name);
    const figuresOf = figures === '' ? undefined : await queueFiguresNamed(services.monitor, figures, name);
    const withFigures = (row: EngineQueueRow): EngineQueueRow =>
      figuresOf === undefined ? row : { ...row, figures: figuresOf(row.vhost, row.name) };
    if (engine === undefined)
      return emitInPieces(call, services.broker.administration.eachQueue(vhost), (report) =>
        withFigures({ ...listed(ownQueue(report)), ...queueRow(report) }),
      );
    await engine.health();
    const { queues } = knownState(engine);
    return emitInPieces(call, inVhost(queues, vhost), (queue) => withFigures(listed(queue)));
  },
};

function knownState(engine: EngineBeside): EngineState {
  try {
    return engine.state();
  } catch (problem) {
    throw new SluiceError(
      'connection-failed',
      `engine '${engine.name}' does not answer: ${messageOf(problem)}`,
      { retryable: true, cause: problem },
    );
  }
}

function* inVhost(
  queues: readonly EngineQueue[],
  vhost: string | undefined,
): Generator<EngineQueue, void, undefined> {
  for (const queue of queues) if (vhost === undefined || queue.vhost === vhost) yield queue;
}

function listed({ copies, ...queue }: EngineQueue): EngineQueueRow {
  return { ...queue, copies: Math.max(1, copies.length) };
}

/** A queue with what belongs to it, and what can be done with it. */
export type ShownQueue = EngineQueueDetail & { readonly engine: string; readonly acts: QueueActs };

export const engineQueueShow: ServerOperation<z.infer<typeof engineQueueName>, ShownQueue> = {
  input: engineQueueName,
  async run(services, { engine: name, vhost, queue }) {
    const engine = besideNamed(services, name);
    const detail =
      engine === undefined ? ownQueueDetail(services, vhost, queue) : await engine.show(vhost, queue);
    const capabilities = engine === undefined ? services.engines?.capabilities : engine.capabilities;
    return { ...detail, engine: name, acts: queueActs(capabilities) };
  },
};
