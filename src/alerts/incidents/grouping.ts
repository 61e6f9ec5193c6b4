/**
 * Which alerts belong together: those of one subject, of subjects that are linked, and of one rule that fires in many
 * places of an engine at once. Pure.
 */
import type { Subject } from '../types.js';

/** Alerts of one rule on one engine that begin within this time belong together. */
const togetherMs = 120_000;
/** One incident holds no more alerts; the next one opens another. */
export const alertsOfIncidentMax = 1_000;

/** Subjects that a fault of one would show in: a queue and where its dead letters go. */
export type Links = (subject: Subject) => readonly Subject[];

/** The same for subjects that are parts of one: consumers of a queue; a node, its alarms and its engine. */
export function groupKeyOf({ kind, labels }: Subject): string {
  const { engine = '', vhost = '', queue = '' } = labels;
  switch (kind) {
    case 'consumer':
      return keyOf('queue', [engine, vhost, queue]);
    case 'node':
    case 'alarm':
    case 'release':
    case 'controller':
      return keyOf('engine', [engine]);
    default:
      return keyOf(kind, Object.values(labels));
  }
}

function keyOf(kind: string, labels: readonly string[]): string {
  return [kind, ...labels].join('\u0000');
}

/** Finds the open incident that an alert belongs to. */
export class IncidentIndex {
  readonly #links: Links;
  readonly #bySubject = new Map<string, string>();
  readonly #byLink = new Map<string, string>();
  readonly #byRule = new Map<string, { readonly incident: string; readonly openedMs: number }>();

  constructor(links: Links) {
    this.#links = links;
  }

  find(rule: string, subject: Subject, nowMs: number): string | undefined {
    const key = groupKeyOf(subject);
    const own = this.#bySubject.get(key) ?? this.#byLink.get(key);
    if (own !== undefined) return own;
    for (const linked of this.#links(subject)) {
      const found = this.#bySubject.get(groupKeyOf(linked));
      if (found !== undefined) return found;
    }
    const together = this.#byRule.get(ruleKey(rule, subject));
    return together !== undefined && nowMs - together.openedMs <= togetherMs ? together.incident : undefined;
  }

  add(incident: string, rule: string, subject: Subject, openedMs: number): void {
    this.#bySubject.set(groupKeyOf(subject), incident);
    for (const linked of this.#links(subject)) this.#byLink.set(groupKeyOf(linked), incident);
    this.#byRule.set(ruleKey(rule, subject), { incident, openedMs });
  }

  /** An incident is over. */
  remove(incident: string): void {
    for (const index of [this.#bySubject, this.#byLink])
      for (const [key, id] of index) if (id === incident) index.delete(key);
    for (const [key, { incident: id }] of this.#byRule) if (id === incident) this.#byRule.delete(key);
  }
}

function ruleKey(rule: string, { kind, labels }: Subject): string {
  return keyOf(kind, [rule, labels['engine'] ?? '']);
}
