/**
 * What each owner's queues and connections took over a span, from history. Invariant: of more queues than are read, the
 * rest is counted and said, never left out in silence.
 */
import type { Figures } from '../../monitor/index.js';
import { nobody, type OwnerBook } from './owners.js';
import { daysUntil, greatestOf, increaseOf, knownSeconds, meanOf, pointsOf, type Span } from './span.js';
import type { OwnerUsage, Prices } from './types.js';

/** A limit of a queue, in messages or bytes. */
export interface QueueLimit {
  readonly what: 'messages' | 'bytes';
  readonly value: number;
}

export interface UsageSources {
  readonly figures: Figures;
  readonly owners: OwnerBook;
  /** Those that are open. */
  readonly connections: Iterable<{ readonly vhost: string; readonly user: string }>;
  /** Limits of a queue of the own engine. */
  readonly limitsOf: (vhost: string, queue: string) => readonly QueueLimit[];
  /** The owner that a queue of the own engine names itself, where no rule names one. */
  readonly ownerIn?: (vhost: string, queue: string) => string | undefined;
  /** Resolves when others on the event loop have had their turn. */
  readonly pause: () => Promise<void>;
}

/** Each is several reads of history. */
const queuesMax = 5_000;
const gib = 2 ** 30;

interface Tally {
  readonly owner: string;
  queues: number;
  published: number | undefined;
  acknowledged: number | undefined;
  bytesMean: number | undefined;
  bytesPeak: number | undefined;
  connections: number;
  daysToLimit: number | undefined;
  limit: string | undefined;
  knownSeconds: number;
}

function newTally(owner: string): Tally {
  return {
    ...{ owner, queues: 0, connections: 0, knownSeconds: 0 },
    ...{ published: undefined, acknowledged: undefined, bytesMean: undefined, bytesPeak: undefined },
    ...{ daysToLimit: undefined, limit: undefined },
  };
}

export interface Usage {
  readonly owners: readonly OwnerUsage[];
  /** Queues whose history was not read: there are too many. */
  readonly unread: number;
}

/** By owner, those with most messages first; `only`: of this one alone. */
export async function usageByOwner(
  sources: UsageSources,
  span: Span,
  prices: Prices,
  only?: string,
): Promise<Usage> {
  const { figures, owners, connections, pause } = sources;
  const tallies = new Map<string, Tally>();
  const tallyOf = (owner: string): Tally | undefined => {
    if (only !== undefined && owner !== only) return undefined;
    let tally = tallies.get(owner);
    if (tally === undefined) tallies.set(owner, (tally = newTally(owner)));
    return tally;
  };
  for (const { vhost, user } of connections) {
    const tally = tallyOf(owners.ofConnection(vhost, user));
    if (tally !== undefined) tally.connections++;
  }
  let [read, unread] = [0, 0];
  for (const labels of [...figures.objects('queue')]) {
    const tally = tallyOf(ownerOf(sources, labels));
    if (tally === undefined) continue;
    if (read < queuesMax) {
      read += (await addQueue(tally, sources, labels, span)) ? 1 : 0;
      await pause();
    } else unread++;
  }
  const all = [...tallies.values()].map((tally) => usageOf(tally, span, prices));
  all.sort((a, b) => (b.published ?? 0) - (a.published ?? 0) || (a.owner < b.owner ? -1 : 1));
  return { owners: all, unread };
}

function ownerOf({ owners, ownerIn }: UsageSources, labels: readonly string[]): string {
  const [engine, vhost = '', queue = ''] = labels;
  const ruled = owners.ofQueue(vhost, queue);
  if (ruled !== nobody || engine !== 'embedded') return ruled;
  return ownerIn?.(vhost, queue) ?? nobody;
}

/** False: history knows nothing of it in the span. */
async function addQueue(
  tally: Tally,
  { figures, limitsOf }: UsageSources,
  labels: readonly string[],
  span: Span,
): Promise<boolean> {
  const bytes = await pointsOf(figures, 'messages_bytes', labels, span);
  const published = await increaseOf(figures, 'messages_published_total', labels, span);
  const acknowledged = await increaseOf(figures, 'messages_acknowledged_total', labels, span);
  const known = knownSeconds(bytes, span);
  if (known === 0 && published === undefined) return false;
  tally.queues++;
  tally.knownSeconds += known;
  tally.published = plus(tally.published, published);
  tally.acknowledged = plus(tally.acknowledged, acknowledged);
  // What was not there, or is not known, held nothing that can be charged.
  const share = known / (span.toSecond - span.fromSecond);
  const mean = meanOf(bytes);
  tally.bytesMean = plus(tally.bytesMean, mean === undefined ? undefined : mean * Math.min(1, share));
  tally.bytesPeak = plus(tally.bytesPeak, greatestOf(bytes));
  const [engine, vhost = '', queue = ''] = labels;
  if (engine !== 'embedded') return true;
  for (const limit of limitsOf(vhost, queue)) {
    const points = limit.what === 'bytes' ? bytes : await pointsOf(figures, 'messages_ready', labels, span);
    const days = daysUntil(limit.value, points);
    if (days === undefined || days >= (tally.daysToLimit ?? Infinity)) continue;
    tally.daysToLimit = days;
    tally.limit = `${queue}: ${limit.value} ${limit.what}`;
  }
  return true;
}

function plus(sum: number | undefined, more: number | undefined): number | undefined {
  return sum === undefined ? more : sum + (more ?? 0);
}

function usageOf(tally: Tally, { fromSecond, toSecond }: Span, prices: Prices): OwnerUsage {
  const { owner, queues, connections, published, acknowledged, bytesMean, bytesPeak, limit } = tally;
  const { daysToLimit } = tally;
  const cost = costOf(tally, prices);
  const known = queues === 0 ? 1 : Math.min(1, tally.knownSeconds / (queues * (toSecond - fromSecond)));
  return {
    ...{ owner, queues, connections, knownShare: known },
    ...(published === undefined ? {} : { published }),
    ...(acknowledged === undefined ? {} : { acknowledged }),
    ...(bytesMean === undefined ? {} : { bytesMean: Math.round(bytesMean) }),
    ...(bytesPeak === undefined ? {} : { bytesPeak }),
    ...(daysToLimit === undefined ? {} : { daysToLimit }),
    ...(limit === undefined ? {} : { limit }),
    ...(cost === undefined ? {} : { cost }),
  };
}

function costOf(tally: Tally, { perMillionMessages, perGib }: Prices): number | undefined {
  if (perMillionMessages === undefined && perGib === undefined) return undefined;
  const messages = ((tally.published ?? 0) / 1_000_000) * (perMillionMessages ?? 0);
  return messages + ((tally.bytesMean ?? 0) / gib) * (perGib ?? 0);
}
