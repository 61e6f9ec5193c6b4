/**
 * Everything that is known of incidents, silences and rules of the API: a fold over records. Invariant: applying decides
 * nothing and reads no clock, so that a log read again gives the same; what is kept of one incident is bounded.
 */
import type { Alert, Cause, Incident, IncidentEvent, Silence } from '../types.js';
import { without } from '../without.js';
import type { AlertRecord, IncidentHead, KeptStanding } from './alert-record.js';

/** Lines of an incident's timeline; the first of them, and the newest, are kept. */
export const timelineMax = 500;

/** An incident as the fold has it. */
export interface OpenedIncident {
  head: IncidentHead;
  readonly alerts: Map<string, Alert>;
  readonly timeline: IncidentEvent[];
  causes: readonly Cause[];
}

export class AlertState {
  readonly incidents = new Map<string, OpenedIncident>();
  readonly silences = new Map<string, Silence>();
  readonly rules = new Map<string, Readonly<Record<string, unknown>>>();
  standings: readonly KeptStanding[] = [];

  apply(record: AlertRecord): void {
    switch (record.type) {
      case 'incident':
        this.#put(record.head);
        break;
      case 'alert':
        this.incidents.get(record.incident)?.alerts.set(record.alert.id, record.alert);
        break;
      case 'event':
        this.#note(record.incident, record.event);
        break;
      case 'causes': {
        const incident = this.incidents.get(record.incident);
        if (incident !== undefined) incident.causes = record.causes;
        break;
      }
      case 'forget':
        this.incidents.delete(record.incident);
        break;
      case 'silence':
        this.silences.set(record.silence.id, record.silence);
        break;
      case 'unsilence':
        this.silences.delete(record.silence);
        break;
      case 'rule':
        this.rules.set(record.name, record.definition);
        break;
      case 'unrule':
        this.rules.delete(record.name);
        break;
      case 'standings':
        this.standings = record.standings;
        break;
    }
  }

  /** The fewest records that give this state. */
  *records(): Generator<AlertRecord, void, undefined> {
    for (const [id, { head, alerts, timeline, causes }] of this.incidents) {
      yield { type: 'incident', head };
      for (const alert of alerts.values()) yield { type: 'alert', incident: id, alert };
      for (const event of timeline) yield { type: 'event', incident: id, event };
      if (causes.length > 0) yield { type: 'causes', incident: id, causes };
    }
    for (const silence of this.silences.values()) yield { type: 'silence', silence };
    for (const [name, definition] of this.rules) yield { type: 'rule', name, definition };
    yield { type: 'standings', standings: this.standings };
  }

  #put(head: IncidentHead): void {
    const known = this.incidents.get(head.id);
    if (known === undefined)
      this.incidents.set(head.id, { head, alerts: new Map(), timeline: [], causes: [] });
    else known.head = head;
  }

  #note(id: string, event: IncidentEvent): void {
    const timeline = this.incidents.get(id)?.timeline;
    if (timeline === undefined) return;
    timeline.push(event);
    if (timeline.length > timelineMax) timeline.splice(timelineMax / 10, 1);
  }
}

/** As others see it. */
export function incidentOf({ head, alerts, causes, timeline }: OpenedIncident): Incident {
  const rest = without(head, 'escalations', 'isQuiet', 'askedMs');
  return { ...rest, alerts: [...alerts.values()], causes, timeline: [...timeline] };
}
