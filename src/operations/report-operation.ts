/** The report for whoever is on call next. It reads history in slices and changes nothing. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { z } from 'zod';
import type { QueueLimit, Report } from '../alerts/index.js';
import { FieldNumber, type Broker } from '../broker/index.js';
import { SluiceError } from '../kernel/index.js';
import { readActs } from './report-acts.js';
import type { ServerOperation } from './services.js';

const minuteMs = 60_000;
const dayMs = 86_400_000;
const price = z.number().min(0).max(1e12);

const reportInput = z.strictObject({
  sinceMs: z
    .number()
    .min(minuteMs)
    .max(30 * dayMs)
    .default(dayMs / 2)
    .describe('how far back, in milliseconds; 12 hours unless given'),
  owner: z.string().min(1).max(63).optional().describe('of this owner alone'),
  currency: z.string().min(1).max(8).optional(),
  perMillionMessages: price.optional().describe('what a million published messages cost'),
  perGib: price.optional().describe('what a GiB costs that queues held on average'),
});

/** Incidents, silences, remedies, acts of operators, risks, availability and usage by owner over a span that ends now. */
export const reportMake: ServerOperation<z.input<typeof reportInput>, Report> = {
  input: reportInput,
  async run(services, { sinceMs = dayMs / 2, ...rest }, { signal }) {
    const { broker, connections, alerts, monitor, figures, notifier, owners } = services;
    if (figures?.second === undefined)
      throw new SluiceError(
        'unsupported',
        'nothing was measured yet, or no history is kept (monitor.enabled)',
      );
    const { makeReport, OwnerBook } = await import('../alerts/index.js');
    const toSecond = figures.second + 1;
    const fromSecond = toSecond - Math.round(sinceMs / 1_000);
    const sources = {
      acts: await readActs(services, fromSecond * 1_000, signal),
      ...{ figures, owners: new OwnerBook(owners?.() ?? []), connections: connections.list() },
      limitsOf: (vhost: string, queue: string) => limitsOf(broker, vhost, queue),
      ownerIn: (vhost: string, queue: string) => ownerIn(broker, vhost, queue),
      pause: () => nextTurn(),
      ...{ alerts: alerts?.alerts() ?? [], incidents: alerts?.incidents() ?? [] },
      ...{ silences: alerts?.silences() ?? [], hasAlerts: alerts !== undefined },
      ...{ receivers: notifier?.receivers() ?? [], health: monitor?.health },
    };
    return makeReport(sources, { ...rest, fromSecond, toSecond });
  },
};

const ownerCharactersMax = 63;

const limits = [
  { argument: 'x-max-length', key: 'max-length', what: 'messages' },
  { argument: 'x-max-length-bytes', key: 'max-length-bytes', what: 'bytes' },
] as const;

/** The least of what the queue's own arguments and its policies allow. */
function limitsOf({ administration }: Broker, vhost: string, queue: string): QueueLimit[] {
  const report = found(() => administration.describeQueue(vhost, queue));
  if (report === undefined) return [];
  return limits.flatMap(({ argument, key, what }) => {
    const given = [numberIn(report.arguments.get(argument)), numberIn(report.effectivePolicy?.[key])];
    const known = given.filter((value) => value !== undefined);
    return known.length === 0 ? [] : [{ what, value: Math.min(...known) }];
  });
}

/** The argument `x-owner`; undefined: there is none that could be a name. */
function ownerIn({ administration }: Broker, vhost: string, queue: string): string | undefined {
  const given = found(() => administration.describeQueue(vhost, queue))?.arguments.get('x-owner');
  return typeof given === 'string' && given !== '' && given.length <= ownerCharactersMax ? given : undefined;
}

function numberIn(value: unknown): number | undefined {
  if (value instanceof FieldNumber) return Number(value.value);
  return typeof value === 'number' ? value : undefined;
}

/** History knows queues that are gone. */
function found<Result>(look: () => Result): Result | undefined {
  try {
    return look();
  } catch (problem) {
    if (problem instanceof SluiceError && problem.code === 'not-found') return undefined;
    throw problem;
  }
}
