/**
 * What may become the matter, and what nobody would hear of. Invariant: a forecast rests on what was measured in the
 * span; where that is too little, nothing is foretold.
 */
import { seriesNamed, seriesOf, type Figures } from '../../monitor/index.js';
import type { ReceiverState } from '../notify/index.js';
import type { Alert, Subject } from '../types.js';
import { subjectText } from './subject-text.js';
import { daysUntil, increaseOf, pointsOf, type Span } from './span.js';
import type { OwnerUsage, ReportedIncident, Risk } from './types.js';

export interface RiskSources {
  readonly figures: Figures;
  readonly alerts: readonly Alert[];
  readonly incidents: readonly ReportedIncident[];
  readonly receivers: readonly ReceiverState[];
  readonly owners: readonly OwnerUsage[];
}

/** Limits that are further away are no news. */
const daysMax = 30;
const namedMax = 100;

/** What a node may run out of: the series, and its limit, as a series or a number. */
const nodeLimits = [
  { series: 'disk_free_bytes', limit: 'disk_free_limit_bytes', text: 'free disk reaches its limit' },
  { series: 'process_open_descriptors', limit: 'process_descriptors_limit', text: 'descriptors run out' },
  {
    series: 'process_resident_memory_bytes',
    limit: 'memory_limit_bytes',
    text: 'memory reaches its limit',
  },
] as const;

/** The nearest limits first, then the rest by kind. */
export async function risksIn(sources: RiskSources, span: Span): Promise<Risk[]> {
  const limits = [...(await nodeRisks(sources.figures, span)), ...ownerRisks(sources.owners)];
  limits.sort((a, b) => (a.days ?? 0) - (b.days ?? 0));
  return [
    ...limits,
    ...(await deadlineRisks(sources.figures, span)),
    ...alertRisks(sources.alerts),
    ...incidentRisks(sources.incidents),
    ...receiverRisks(sources.receivers),
    ...(await probeRisks(sources.figures, span)),
  ];
}

async function nodeRisks(figures: Figures, span: Span): Promise<Risk[]> {
  const risks: Risk[] = [];
  for (const { labels, figures: now } of copies(figures, 'node')) {
    for (const { series, limit, text } of nodeLimits) {
      const value = valueOf('node', limit, now);
      if (value === undefined) continue;
      const days = daysUntil(value, await pointsOf(figures, series, labels, span));
      if (days === undefined || days > daysMax) continue;
      const subject = { kind: 'node', labels: { engine: labels[0]!, node: labels[1]! } };
      risks.push({ kind: 'limit', text: `${text} at this pace`, subject, days });
    }
  }
  return risks;
}

function ownerRisks(owners: readonly OwnerUsage[]): Risk[] {
  return owners.flatMap(({ owner, daysToLimit, limit }) =>
    daysToLimit === undefined || daysToLimit > daysMax
      ? []
      : [
          {
            kind: 'limit' as const,
            text: `a queue of ${owner} reaches its limit (${limit})`,
            days: daysToLimit,
          },
        ],
  );
}

/** Queues that missed deadlines in the span, or in which a message is late already. */
async function deadlineRisks(figures: Figures, span: Span): Promise<Risk[]> {
  const risks: Risk[] = [];
  for (const { labels, figures: now } of copies(figures, 'queue')) {
    const laxity = valueOf('queue', 'least_laxity_seconds', now);
    const missedEver = valueOf('queue', 'deadlines_missed_total', now) ?? 0;
    if (laxity === undefined && missedEver === 0) continue;
    const missed =
      missedEver > 0 ? ((await increaseOf(figures, 'deadlines_missed_total', labels, span)) ?? 0) : 0;
    const isLate = laxity !== undefined && laxity < 0;
    if (missed === 0 && !isLate) continue;
    const texts = [
      ...(missed > 0 ? [`${missed} deadlines were missed`] : []),
      ...(isLate ? ['a message waits that cannot meet its deadline any more'] : []),
    ];
    risks.push({ kind: 'deadline', text: texts.join('; '), subject: queueSubject(labels) });
    if (risks.length === namedMax) break;
  }
  return risks;
}

function alertRisks(alerts: readonly Alert[]): Risk[] {
  return alerts.flatMap(({ state, summary, subject, silencedBy, inhibitedBy }): Risk[] => {
    if (silencedBy !== undefined)
      return [{ kind: 'muted-alert', text: `${summary} (silence ${silencedBy})`, subject }];
    if (inhibitedBy !== undefined)
      return [{ kind: 'muted-alert', text: `${summary} (no news while another alert fires)`, subject }];
    if (state === 'pending') return [{ kind: 'pending-alert', text: summary, subject }];
    if (state === 'unknown')
      return [{ kind: 'unknown-alert', text: `${summary} (fired, and cannot be measured now)`, subject }];
    return [];
  });
}

function incidentRisks(incidents: readonly ReportedIncident[]): Risk[] {
  return incidents
    .filter(({ state }) => state === 'open')
    .map(({ id, title }) => ({
      kind: 'unacknowledged-incident',
      text: `nobody has acknowledged incident ${id}: ${title}`,
    }));
}

function receiverRisks(receivers: readonly ReceiverState[]): Risk[] {
  return receivers
    .filter(({ state }) => state === 'failing' || state === 'broken')
    .map(({ name, state, lastFailure }) => ({
      kind: 'notification',
      text: `receiver ${name} is ${state}${lastFailure === undefined ? '' : `: ${lastFailure}`}`,
    }));
}

async function probeRisks(figures: Figures, span: Span): Promise<Risk[]> {
  const risks: Risk[] = [];
  for (const { labels } of copies(figures, 'engine')) {
    const sent = await increaseOf(figures, 'probes_sent_total', labels, span);
    if ((sent ?? 0) > 0) continue;
    const subject = { kind: 'engine', labels: { engine: labels[0]! } };
    const text = `no probe message was sent through ${subjectText(subject)}: a loss of messages in it would not be seen`;
    risks.push({ kind: 'unprobed', text, subject });
  }
  return risks;
}

function queueSubject([engine = '', vhost = '', queue = '']: readonly string[]): Subject {
  return { kind: 'queue', labels: { engine, vhost, queue } };
}

/** One sample is filled again and again: each object is copied before the next one is read. */
function copies(figures: Figures, kind: string) {
  const copied: { readonly labels: readonly string[]; readonly figures: Float64Array }[] = [];
  for (const { labels, figures: values } of figures.latest(kind))
    copied.push({ labels: [...labels], figures: values.slice() });
  return copied;
}

function valueOf(kind: string, name: string, figures: Float64Array): number | undefined {
  const { kind: named, series } = seriesNamed(name);
  if (named.name !== kind) return undefined;
  const value = figures[seriesOf(named).findIndex(({ id }) => id === series.id)];
  return value === undefined || Number.isNaN(value) ? undefined : value;
}
