/** Puts a report together from what alerts, notification and history know. Nothing is changed by it. */
import type { MonitorHealth } from '../../monitor/index.js';
import type { ReceiverState } from '../notify/index.js';
import type { Alert, Incident, IncidentEvent, Silence } from '../types.js';
import { availabilityOfEngines } from './availability.js';
import { momentText } from './moment-text.js';
import { usageByOwner, type UsageSources } from './owner-usage.js';
import { actsIn, type ActsRead } from './acts.js';
import { risksIn } from './risks.js';
import type { Span } from './span.js';
import type { PendingRemedy, Prices, Report, ReportedIncident, ReportedLine, Risk } from './types.js';

export interface ReportSources extends UsageSources {
  readonly alerts: readonly Alert[];
  readonly incidents: readonly Incident[];
  readonly silences: readonly Silence[];
  readonly receivers: readonly ReceiverState[];
  readonly acts: ActsRead;
  readonly health: MonitorHealth | undefined;
  /** False: rules are not evaluated here, and there are no incidents to tell of. */
  readonly hasAlerts: boolean;
}

export interface ReportOptions extends Span, Prices {
  /** Only of this owner: usage, and incidents with its label. */
  readonly owner?: string | undefined;
}

export async function makeReport(sources: ReportSources, options: ReportOptions): Promise<Report> {
  const { fromSecond, toSecond, owner, currency } = options;
  const span = { fromSecond, toSecond };
  const [fromMs, toMs] = [fromSecond * 1_000, toSecond * 1_000];
  const incidents = sources.incidents.filter(
    (incident) =>
      (incident.state !== 'resolved' || (incident.resolvedMs ?? 0) >= fromMs) &&
      incident.openedMs < toMs &&
      (owner === undefined || incident.labels['owner'] === owner),
  );
  const alerts = sources.alerts.filter(({ labels }) => owner === undefined || labels['owner'] === owner);
  const lines = (kind: IncidentEvent['kind']): ReportedLine[] => linesOf(incidents, kind, fromMs);
  const reported = incidents.map(reportedIncident);
  const usage = await usageByOwner(sources, span, options, owner);
  const risks = await risksIn({ ...sources, alerts, incidents: reported, owners: usage.owners }, span);
  return {
    ...{ fromMs, toMs, incidents: reported, alerts },
    silences: sources.silences.filter((silence) => silence.toMs >= fromMs),
    ...{ remediesDone: lines('remedy'), remediesPending: pendingRemedies(incidents) },
    ...toldActs(sources.acts),
    ...{ notificationsFailed: lines('notification-failed'), receivers: sources.receivers },
    risks: [...risks, ...unmeasured(sources.health)],
    engines: await availabilityOfEngines(sources.figures, span),
    owners: usage.owners,
    ...(currency === undefined ? {} : { currency }),
    unknown: unknownOf(sources, usage.unread, span),
  };
}

function reportedIncident(incident: Incident): ReportedIncident {
  const { id, title, severity, state, openedMs, acknowledgedBy, resolvedMs, causes, alerts } = incident;
  return {
    ...{ id, title, severity, state, openedMs },
    ...(acknowledgedBy === undefined ? {} : { acknowledgedBy }),
    ...(resolvedMs === undefined ? {} : { resolvedMs }),
    causes: causes.map((cause) => cause.explanation ?? cause.title),
    alertsOpen: alerts.filter((alert) => alert.state !== 'resolved').length,
  };
}

function linesOf(
  incidents: readonly Incident[],
  kind: IncidentEvent['kind'],
  fromMs: number,
): ReportedLine[] {
  const lines = incidents.flatMap(({ id, timeline }) =>
    timeline
      .filter((event) => event.kind === kind && event.atMs >= fromMs)
      .map((event) => ({ incident: id, ...event })),
  );
  return lines.sort((a, b) => a.atMs - b.atMs);
}

function pendingRemedies(incidents: readonly Incident[]): PendingRemedy[] {
  return incidents
    .filter(({ state }) => state !== 'resolved')
    .flatMap(({ id, causes }) =>
      causes
        .slice(0, 1)
        .flatMap(({ remedies }) =>
          remedies.map(({ remedy, text, command }) => ({ incident: id, remedy, text, command })),
        ),
    );
}

function toldActs(read: ActsRead): Pick<Report, 'acts' | 'actsRefused' | 'actsLeftOut'> {
  if (read.kind === 'refused') return { actsRefused: read.reason };
  const { acts, leftOut } = actsIn(read.records);
  return { acts, ...(leftOut === 0 ? {} : { actsLeftOut: leftOut }) };
}

function unmeasured(health: MonitorHealth | undefined): Risk[] {
  return (health?.sources ?? []).flatMap(({ source, problem }) =>
    problem === undefined
      ? []
      : [{ kind: 'unmeasured' as const, text: `${source} cannot be measured: ${problem}` }],
  );
}

function unknownOf(
  { health, hasAlerts, acts }: ReportSources,
  unread: number,
  { fromSecond, toSecond }: Span,
): string[] {
  const starts = (health?.coverage ?? []).flatMap(({ startSecond }) => startSecond ?? []);
  const start = starts.length === 0 ? toSecond : Math.min(...starts);
  return [
    ...(hasAlerts ? [] : ['rules are not evaluated here: there are no alerts and incidents to tell of']),
    ...(start > fromSecond
      ? [`history begins at ${momentText(start * 1_000)}: nothing is known before`]
      : []),
    ...(acts.kind === 'read' && acts.reachedMs !== undefined
      ? [`acts of operators before ${momentText(acts.reachedMs)} were not read`]
      : []),
    ...(unread > 0 ? [`the history of ${unread} more queues was not read`] : []),
  ];
}
