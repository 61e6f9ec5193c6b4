/**
 * Makes the remedies of a server or a program: what they act on, the rules that want them, the audit log. Invariant:
 * remedies never keep a broker from starting.
 */
import type { AuditEntry } from '../access/index.js';
import type { Alerts, Remedies, RemedySettings } from '../alerts/index.js';
import type { Broker } from '../broker/index.js';
import { messageOf, systemRandom, type Clock, type Disk } from '../kernel/index.js';
import type { Figures, Monitor } from '../monitor/index.js';
import type { ActionParts, Connections, TaskWorkers } from '../operations/index.js';
import type { TaskApp } from '../tasks/index.js';
import type { StopStack } from './stop-stack.js';

export interface RemediedParts {
  readonly directory: string;
  readonly broker: Broker;
  readonly disk: Disk;
  readonly clock: Clock;
  readonly connections: Connections;
  /** Takes what is done into the audit log. */
  readonly record: (step: AuditEntry) => void;
  readonly figures: Figures | undefined;
  readonly alerts: Alerts | undefined;
  readonly settings: RemedySettings;
  /** Gets the figures of remedies. */
  readonly monitor: Monitor | undefined;
  /** How dead letters go back. */
  readonly redrives: ActionParts['redrives'];
  /** Workers say how far they may grow. */
  readonly tasks: () => Promise<Pick<TaskApp, 'tasks'>>;
  readonly onProblem: (problem: string) => void;
}

/** Starts them; `stack` stops them. Undefined: what was applied before cannot be read, which is told. */
export async function startRemedies(parts: RemediedParts, stack: StopStack): Promise<Remedies | undefined> {
  const {
    broker,
    connections,
    clock,
    disk,
    directory,
    figures,
    alerts,
    record,
    settings,
    onProblem,
    redrives,
  } = parts;
  const workers: TaskWorkers = {
    list: async (queue) => (await parts.tasks()).tasks.workers(queue),
    setConcurrency: async (id, concurrency) => (await parts.tasks()).tasks.setConcurrency(id, concurrency),
  };
  const [{ Remedies: Book, RemedySource }, { BrokerActions }] = await Promise.all([
    import('../alerts/index.js'),
    import('../operations/index.js'),
  ]);
  try {
    const remedies = await Book.open({
      ...{ clock, disk, directory, figures, random: systemRandom(), settings, onProblem },
      actions: new BrokerActions({ broker, connections, clock, taskQueue, redrives, workers }),
      incidents: alerts === undefined ? undefined : ruled(alerts),
      addLine: (incident, event, remedy) => {
        alerts?.addLine(incident, event, remedy);
      },
      isMended: (signature, subject) => alerts?.isMended(signature, subject),
      audit: ({ by, ...step }) => {
        record({ ...step, actor: by.name, source: by.source });
      },
    });
    stack.push('remedies', () => remedies.stop());
    parts.monitor?.add(new RemedySource(() => remedies.counts()));
    remedies.start();
    return remedies;
  } catch (problem) {
    onProblem(`remedies cannot be opened: ${messageOf(problem)}`);
    return undefined;
  }
}

async function taskQueue(task: string): Promise<string> {
  const { taskQueueOf } = await import('../tasks/index.js');
  return taskQueueOf(task);
}

/** Incidents with the remedies that their rules want. */
function ruled(alerts: Alerts): NonNullable<Parameters<typeof Remedies.open>[0]['incidents']> {
  return {
    incidents: () => alerts.incidents(),
    incident: (id) => alerts.incident(id),
    remedyOf: (name) => alerts.rules().find(({ rule }) => rule.name === name)?.rule.remedy,
  };
}
