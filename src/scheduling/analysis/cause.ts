/** The fact that decided a verdict, in words with the figures. */
import type { Finding, ResponseDetail, Setup } from './outcome.js';
import type { Task } from './task.js';
import { utilisationOf } from './utilisation.js';

/** What sentences are made from. */
export interface Wording {
  readonly tasks: readonly Task[];
  readonly setup: Setup;
  /** The worst response of each task, where it is known. */
  readonly responses: readonly (number | undefined)[];
  /** A time with its unit. */
  readonly format: (time: number) => string;
}

/** The finding as a sentence. */
export function causeOf(finding: Finding, wording: Wording): string {
  const { tasks, setup, format } = wording;
  switch (finding.kind) {
    case 'bound':
      return 'The utilisation is within the hyperbolic bound; exact responses would take too long to compute.';
    case 'inconclusive':
      return `Inconclusive, because ${finding.because}.`;
    case 'overload':
      return `The tasks ask for ${figure(utilisationOf(tasks))} workers, and there ${isOrAre(finding.workers)}.`;
    case 'late-alone':
      return lateAlone(tasks[finding.task]!, format);
    case 'late':
      return `With what goes before it, ${tasks[finding.task]!.name} is late ever more, or later than was computed.`;
    case 'response':
      return responseSentence(finding.task, finding.detail, wording);
    case 'overdemand': {
      const { by, demand, blocking, blocker } = finding;
      const held =
        blocker === undefined ? '' : `, after ${blocker} held the worker for up to ${format(blocking)}`;
      return `Of jobs that arrive together, ${format(demand)} of work are due within ${format(by)}${held}.`;
    }
    case 'miss': {
      const { task, index, arrival, due } = finding.job;
      const ended = finding.endedAt === undefined ? 'is not done' : `is done at ${format(finding.endedAt)}`;
      return `Job ${index + 1} of ${tasks[task]!.name}, which arrives at ${format(arrival)} and is due at ${format(due)}, ${ended}.`;
    }
    case 'density': {
      const { density, limit } = finding;
      return `The sum of the densities is ${figure(density)}; with ${setup.workers} workers up to ${figure(limit)} is proven.`;
    }
    case 'no-window':
      return noWindow(tasks[finding.task]!, wording);
    case 'unplaced':
      return `No worker has room for ${tasks[finding.task]!.name} beside the tasks placed before it.`;
  }
}

function figure(value: number): string {
  return value.toFixed(3).replace(/\.?0+$/, '');
}

function isOrAre(workers: number): string {
  return workers === 1 ? 'is 1' : `are ${workers}`;
}

function lateAlone({ name, cost, jitter, deadline }: Task, format: (time: number) => string): string {
  const delay = jitter === 0 ? '' : ` and may become ready ${format(jitter)} late`;
  return `${name} takes ${format(cost)}${delay}; its deadline is ${format(deadline)}.`;
}

function noWindow({ name, deadline, cost }: Task, { setup, format }: Wording): string {
  const latest = format(deadline - cost);
  return `The other tasks could keep all ${setup.workers} workers busy until ${name} is too late: it must start within ${latest}.`;
}

function responseSentence(task: number, detail: ResponseDetail | undefined, wording: Wording): string {
  const { tasks, responses, format } = wording;
  const { name, deadline, cost } = tasks[task]!;
  const response = responses[task];
  if (response === undefined) return 'Each task meets its deadline; how early was not computed.';
  const beyond = response > deadline;
  const slack = format(Math.abs(deadline - response));
  const against = beyond ? `${slack} past its deadline` : `${slack} before its deadline`;
  const parts = detail === undefined ? '' : `: ${partsOf(cost, detail, wording)}`;
  return `${beyond ? 'The worst' : 'The tightest'} is ${name}, done after up to ${format(response)}, ${against} of ${format(deadline)}${parts}.`;
}

function partsOf(cost: number, detail: ResponseDetail, { tasks, format }: Wording): string {
  const { blocking, blocker, job, interference } = detail;
  const parts = [`its own ${format(cost)}`];
  if (job > 0) parts.push(`${job} earlier ${job === 1 ? 'job' : 'jobs'} of its own`);
  if (blocker !== undefined) parts.push(`${format(blocking)} of ${blocker}, which cannot be interrupted`);
  for (const { task, jobs } of interference)
    parts.push(`${jobs} x ${format(tasks[task]!.cost)} of ${tasks[task]!.name}`);
  return parts.join(', ');
}
