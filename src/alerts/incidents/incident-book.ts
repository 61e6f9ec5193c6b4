/**
 * Incidents as they open, grow and end. Invariants: every change is a record before anyone is told of it; an incident
 * ends when every alert of it has ended on evidence, and never because figures are missing.
 */
import { createHash } from 'node:crypto';
import { SluiceError } from '../../kernel/index.js';
import type { Alert, Cause, Incident, IncidentEvent, IncidentNews } from '../types.js';
import { without } from '../without.js';
import { worse, type AlertRecord, type IncidentHead } from './alert-record.js';
import { incidentOf, type AlertState, type OpenedIncident } from './alert-state.js';
import { alertsOfIncidentMax, IncidentIndex, type Links } from './grouping.js';
import type { IncidentPolicy } from './incident-policy.js';
import { covers, inhibitorOf, isSilenced } from './silencing.js';

export interface IncidentBookOptions {
  readonly state: AlertState;
  /** Keeps a record, after it was applied. */
  readonly keep: (record: AlertRecord) => void;
  readonly tell: (news: IncidentNews) => void;
  readonly links: Links;
  readonly policy: IncidentPolicy;
}

const resolvedKeptMax = 500;
const resolvedKeptMs = 30 * 86_400_000;

export class IncidentBook {
  readonly #options: IncidentBookOptions;
  #policy: IncidentPolicy;
  readonly #index: IncidentIndex;
  /** The incident of each alert: the open one, or the last. */
  readonly #incidentOf = new Map<string, string>();
  /** Firing alerts of rules that hold others back. */
  readonly #inhibitors = new Map<string, Alert>();

  constructor(options: IncidentBookOptions) {
    this.#options = options;
    this.#policy = options.policy;
    this.#index = new IncidentIndex(options.links);
    for (const incident of options.state.incidents.values()) {
      for (const alert of incident.alerts.values()) {
        this.#incidentOf.set(alert.id, incident.head.id);
        if (incident.head.state === 'resolved') continue;
        this.#index.add(incident.head.id, alert.rule, alert.subject, incident.head.openedMs);
        if (alert.state !== 'resolved') this.#followInhibitor(alert);
      }
    }
  }

  /** Puts another policy in force. Steps of an escalation that were taken stay taken. */
  configure(policy: IncidentPolicy, nowMs: number): void {
    this.#policy = policy;
    this.#inhibitors.clear();
    const open = [...this.openAlerts()];
    for (const alert of open) this.#followInhibitor(alert);
    for (const alert of open)
      if (alert.inhibitedBy !== undefined && this.#inhibitorOf(alert) === undefined) this.#free(alert, nowMs);
  }

  get openCount(): number {
    let count = 0;
    for (const { head } of this.#options.state.incidents.values()) if (head.state !== 'resolved') count++;
    return count;
  }

  /** Every alert that has not ended. */
  *openAlerts(): Generator<Alert, void, undefined> {
    for (const { head, alerts } of this.#options.state.incidents.values())
      if (head.state !== 'resolved')
        for (const alert of alerts.values()) if (alert.state !== 'resolved') yield alert;
  }

  /** A rule began to hold of an object. */
  fire(given: Alert, nowMs: number): void {
    const inhibitedBy = this.#inhibitorOf(given);
    const silencedBy = this.#silenceOf(given, nowMs);
    const alert: Alert = {
      ...given,
      ...(inhibitedBy === undefined ? {} : { inhibitedBy }),
      ...(silencedBy === undefined ? {} : { silencedBy }),
    };
    this.#followInhibitor(alert);
    const known = this.#incidentFor(alert, nowMs);
    const incident = known ?? this.#open(alert, nowMs);
    this.#keep({ type: 'alert', incident: incident.head.id, alert });
    this.#incidentOf.set(alert.id, incident.head.id);
    this.#index.add(incident.head.id, alert.rule, alert.subject, incident.head.openedMs);
    if (known === undefined) this.#tellOpened(incident, alert, nowMs);
    else this.#join(incident, alert, nowMs);
  }

  /** Nothing can be measured of it, or something can again. */
  update(alert: Alert): void {
    const incident = this.#openOf(alert.id);
    const before = incident?.alerts.get(alert.id);
    if (incident === undefined || before === undefined || before.state === 'resolved') return;
    const { inhibitedBy, silencedBy } = before;
    const marks = {
      ...(inhibitedBy === undefined ? {} : { inhibitedBy }),
      ...(silencedBy === undefined ? {} : { silencedBy }),
    };
    this.#keep({ type: 'alert', incident: incident.head.id, alert: { ...alert, ...marks } });
  }

  /** A rule holds no longer, by a figure that says so, or for the reason given. */
  resolve(id: string, endedMs: number, reading: Alert['reading'] | undefined, why: string): void {
    const incident = this.#openOf(id);
    const alert = incident?.alerts.get(id);
    if (incident === undefined || alert === undefined || alert.state === 'resolved') return;
    const rest = without(alert, 'inhibitedBy');
    const ended: Alert = {
      ...rest,
      state: 'resolved',
      endedMs,
      ...(reading === undefined ? {} : { reading }),
    };
    this.#keep({ type: 'alert', incident: incident.head.id, alert: ended });
    this.#inhibitors.delete(id);
    this.#note(incident, { atMs: endedMs, kind: 'alert-resolved', text: `${alert.summary}: ${why}` });
    this.#release(id, endedMs);
    if ([...incident.alerts.values()].some(({ state }) => state !== 'resolved')) return;
    this.#head(incident, { state: 'resolved', resolvedMs: endedMs });
    this.#index.remove(incident.head.id);
    this.#note(incident, { atMs: endedMs, kind: 'resolved', text: why });
  }

  /** Escalates what nobody acknowledged, follows silences, and forgets what is long over. */
  tick(nowMs: number): void {
    for (const incident of this.#options.state.incidents.values()) {
      if (incident.head.state === 'resolved') continue;
      this.#followSilences(incident, nowMs);
      if (incident.head.state === 'open') this.#escalate(incident, nowMs);
    }
    this.#forgetOld(nowMs);
  }

  /** @throws SluiceError `not-found`; `precondition-failed` where it is over. */
  acknowledge(id: string, by: string, nowMs: number, text = ''): Incident {
    const incident = this.#required(id);
    if (incident.head.state === 'resolved')
      throw new SluiceError('precondition-failed', `incident ${id} is resolved`);
    if (incident.head.state === 'open') {
      this.#head(incident, { state: 'acknowledged', acknowledgedBy: by });
      this.#note(incident, { atMs: nowMs, kind: 'acknowledged', text, by });
    }
    return incidentOf(incident);
  }

  /** @throws SluiceError `not-found`. */
  comment(id: string, by: string, nowMs: number, text: string): Incident {
    const incident = this.#required(id);
    this.#note(incident, { atMs: nowMs, kind: 'comment', text, by });
    return incidentOf(incident);
  }

  /** Adds a line to a timeline, of which nobody is told in turn. An incident that is not known is left alone. */
  addLine(id: string, event: IncidentEvent): void {
    if (this.#options.state.incidents.has(id)) this.#keep({ type: 'event', incident: id, event });
  }

  /** What is held to be the cause. Told where the first of them changed. */
  setCauses(id: string, causes: readonly Cause[], nowMs: number): void {
    const incident = this.#options.state.incidents.get(id);
    if (incident === undefined) return;
    const [before, first] = [incident.causes[0], causes[0]];
    if (JSON.stringify(incident.causes) === JSON.stringify(causes)) return;
    this.#keep({ type: 'causes', incident: id, causes });
    if (first === undefined || before?.signature === first.signature) return;
    this.#note(incident, { atMs: nowMs, kind: 'cause', text: first.title });
  }

  #incidentFor(alert: Alert, nowMs: number): OpenedIncident | undefined {
    const { incidents } = this.#options.state;
    const own = incidents.get(this.#incidentOf.get(alert.id) ?? '');
    if (own !== undefined && own.head.state !== 'resolved') return own;
    const inhibitor = alert.inhibitedBy === undefined ? undefined : this.#openOf(alert.inhibitedBy);
    const linked = inhibitor?.head.id ?? this.#index.find(alert.rule, alert.subject, nowMs);
    const found = linked === undefined ? undefined : incidents.get(linked);
    if (found !== undefined && found.alerts.size < alertsOfIncidentMax) return found;
    if (own?.head.resolvedMs === undefined || nowMs - own.head.resolvedMs > this.#policy.reopenMs)
      return undefined;
    this.#reopen(own, nowMs);
    return own;
  }

  #open(alert: Alert, nowMs: number): OpenedIncident {
    const { id: alertId, summary: title, severity, labels } = alert;
    const id = createHash('sha256').update(`${alertId} ${nowMs}`).digest('hex').slice(0, 10);
    const isQuiet = alert.silencedBy !== undefined;
    const started = { openedMs: nowMs, escalations: 0, isQuiet };
    this.#keep({ type: 'incident', head: { id, title, severity, state: 'open', labels, ...started } });
    return this.#required(id);
  }

  #tellOpened(incident: OpenedIncident, alert: Alert, nowMs: number): void {
    this.#note(incident, { atMs: nowMs, kind: 'opened', text: alert.summary });
    if (incident.head.isQuiet) this.#noteSilenced(incident, alert.silencedBy, nowMs);
  }

  #reopen(incident: OpenedIncident, nowMs: number): void {
    const head = without(incident.head, 'acknowledgedBy', 'resolvedMs');
    this.#keep({ type: 'incident', head: { ...head, state: 'open', escalations: 0, askedMs: nowMs } });
    for (const { rule, subject } of incident.alerts.values())
      this.#index.add(head.id, rule, subject, head.openedMs);
    this.#note(incident, { atMs: nowMs, kind: 'reopened', text: 'it came back' });
  }

  #join(incident: OpenedIncident, alert: Alert, nowMs: number): void {
    const event: IncidentEvent = { atMs: nowMs, kind: 'alert-fired', text: alert.summary };
    // What another alert explains stands in the timeline, and is no news.
    if (alert.inhibitedBy !== undefined) this.#keep({ type: 'event', incident: incident.head.id, event });
    else {
      if (incident.head.isQuiet && alert.silencedBy === undefined) this.#unquiet(incident, nowMs);
      this.#note(incident, event);
    }
    const severity = worse(incident.head.severity, alert.severity);
    if (severity === incident.head.severity) return;
    this.#head(incident, { severity });
    this.#note(incident, { atMs: nowMs, kind: 'severity', text: `it is ${severity} now` });
  }

  /** Alerts that another one held back speak for themselves again. */
  #release(inhibitor: string, nowMs: number): void {
    for (const alert of [...this.openAlerts()]) if (alert.inhibitedBy === inhibitor) this.#free(alert, nowMs);
  }

  #free(held: Alert, nowMs: number): void {
    const alert = without(held, 'inhibitedBy');
    const incident = this.#openOf(alert.id);
    if (incident === undefined) return;
    this.#keep({ type: 'alert', incident: incident.head.id, alert });
    this.#note(incident, { atMs: nowMs, kind: 'alert-fired', text: alert.summary });
  }

  #escalate(incident: OpenedIncident, nowMs: number): void {
    const { head } = incident;
    const step = this.#policy.escalation[head.escalations];
    // Of what is silenced nobody was asked to look after it.
    if (step === undefined || head.isQuiet || nowMs - (head.askedMs ?? head.openedMs) < step.afterMs) return;
    const severity = step.severity === undefined ? head.severity : worse(head.severity, step.severity);
    const labels = { ...head.labels, ...step.labels };
    this.#head(incident, { severity, labels, escalations: head.escalations + 1 });
    const minutes = Math.round(step.afterMs / 60_000);
    this.#note(incident, {
      atMs: nowMs,
      kind: 'escalated',
      text: `nobody acknowledged it for ${minutes} min`,
    });
  }

  #followSilences(incident: OpenedIncident, nowMs: number): void {
    for (const alert of incident.alerts.values()) {
      if (alert.state === 'resolved') continue;
      const silencedBy = this.#silenceOf(alert, nowMs);
      if (silencedBy === alert.silencedBy) continue;
      const rest = without(alert, 'silencedBy');
      const marked = silencedBy === undefined ? rest : { ...rest, silencedBy };
      this.#keep({ type: 'alert', incident: incident.head.id, alert: marked });
    }
    const alerts = [...incident.alerts.values()];
    const isQuiet = isSilenced({ alerts });
    if (isQuiet === incident.head.isQuiet) return;
    if (!isQuiet) {
      this.#unquiet(incident, nowMs);
      return;
    }
    this.#head(incident, { isQuiet });
    const silencedBy = alerts.find(({ state }) => state !== 'resolved')?.silencedBy;
    this.#noteSilenced(incident, silencedBy, nowMs);
  }

  #unquiet(incident: OpenedIncident, nowMs: number): void {
    this.#head(incident, { isQuiet: false, askedMs: nowMs });
    this.#note(incident, {
      atMs: nowMs,
      kind: 'opened',
      text: `${incident.head.title}; no silence covers it`,
    });
  }

  #noteSilenced(incident: OpenedIncident, silence: string | undefined, nowMs: number): void {
    const known = this.#options.state.silences.get(silence ?? '');
    const text = known === undefined ? 'silenced' : `silenced by ${known.by}: ${known.reason}`;
    this.#note(incident, { atMs: nowMs, kind: 'silenced', text });
  }

  #silenceOf(alert: Alert, nowMs: number): string | undefined {
    for (const silence of this.#options.state.silences.values())
      if (covers(silence, alert, nowMs)) return silence.id;
    return undefined;
  }

  #forgetOld(nowMs: number): void {
    const { incidents, silences } = this.#options.state;
    const over = [...incidents.values()].filter(({ head }) => head.state === 'resolved');
    const excess = over.length - resolvedKeptMax;
    over
      .sort((a, b) => a.head.resolvedMs! - b.head.resolvedMs!)
      .forEach(({ head, alerts }, at) => {
        if (at >= excess && nowMs - head.resolvedMs! <= resolvedKeptMs) return;
        for (const id of alerts.keys()) if (this.#incidentOf.get(id) === head.id) this.#incidentOf.delete(id);
        this.#keep({ type: 'forget', incident: head.id });
      });
    for (const { id, toMs } of silences.values())
      if (nowMs - toMs > 7 * 86_400_000) this.#keep({ type: 'unsilence', silence: id });
  }

  #followInhibitor(alert: Alert): void {
    if (this.#policy.inhibitions.some(({ by }) => by === alert.rule)) this.#inhibitors.set(alert.id, alert);
  }

  #inhibitorOf(alert: Alert): string | undefined {
    return inhibitorOf(alert, this.#inhibitors.values(), this.#policy.inhibitions);
  }

  #openOf(alertId: string): OpenedIncident | undefined {
    const incident = this.#options.state.incidents.get(this.#incidentOf.get(alertId) ?? '');
    return incident?.head.state === 'resolved' ? undefined : incident;
  }

  #required(id: string): OpenedIncident {
    const incident = this.#options.state.incidents.get(id);
    if (incident === undefined) throw new SluiceError('not-found', `there is no incident ${id}`);
    return incident;
  }

  #head(incident: OpenedIncident, change: Partial<IncidentHead>): void {
    this.#keep({ type: 'incident', head: { ...incident.head, ...change } });
  }

  #note(incident: OpenedIncident, event: IncidentEvent): void {
    this.#keep({ type: 'event', incident: incident.head.id, event });
    this.#options.tell({ incident: incidentOf(incident), event, isSilenced: incident.head.isQuiet });
  }

  #keep(record: AlertRecord): void {
    this.#options.state.apply(record);
    this.#options.keep(record);
  }
}
