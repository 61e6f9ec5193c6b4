/** Which alerts are covered by silences, and which are no news because of others. Pure, but for remembered matchers. */
import { namedTextMatcher, textMatcher, type TextMatcher } from '../rules/selector.js';
import type { Alert, Incident, Silence } from '../types.js';

const matchers = new WeakMap<Silence, readonly (readonly [string, TextMatcher])[]>();

/** Whether a silence is in force at a moment and covers an alert. */
export function covers(silence: Silence, alert: Alert, atMs: number): boolean {
  if (atMs < silence.fromMs || atMs >= silence.toMs) return false;
  return matchersOf(silence).every(([name, matches]) => {
    const value = valueOf(alert, name);
    return value !== undefined && matches(value);
  });
}

/** Whether silences cover all that is open of an incident: nobody is to be told of it. */
export function isSilenced({ alerts }: Pick<Incident, 'alerts'>): boolean {
  const open = alerts.filter(({ state }) => state !== 'resolved');
  return open.length > 0 && open.every(({ silencedBy }) => silencedBy !== undefined);
}

/** Throws `bad-input` for a pattern that is refused. */
export function checkMatch(match: Readonly<Record<string, string>>): void {
  for (const [name, source] of Object.entries(match)) namedTextMatcher(`match.${name}`, source);
}

function matchersOf(silence: Silence): readonly (readonly [string, TextMatcher])[] {
  let known = matchers.get(silence);
  if (known === undefined) {
    known = Object.entries(silence.match).map(([name, source]) => [name, textMatcher(source)] as const);
    matchers.set(silence, known);
  }
  return known;
}

function valueOf({ rule, severity, subject, labels }: Alert, name: string): string | undefined {
  if (name === 'rule') return rule;
  if (name === 'severity') return severity;
  if (name === 'kind') return subject.kind;
  if (Object.hasOwn(subject.labels, name)) return subject.labels[name];
  return Object.hasOwn(labels, name) ? labels[name] : undefined;
}

/** While an alert of `by` fires, alerts of objects with the same labels `equal` are no news. */
export interface Inhibition {
  /** The name of a rule. */
  readonly by: string;
  /** Kinds of objects whose alerts are held back. */
  readonly kinds: readonly string[];
  readonly equal: readonly string[];
}

/** An engine that is down, or that nobody can measure, explains what is the matter with what lies in it. */
export const inhibitionsDefault: readonly Inhibition[] = ['engine-down', 'measurement-stale'].map((by) => ({
  by,
  kinds: ['queue', 'task', 'consumer', 'connection', 'partition', 'partition_group'],
  equal: ['engine'],
}));

/** The alert among `firing` that holds another back. */
export function inhibitorOf(
  alert: Alert,
  firing: Iterable<Alert>,
  inhibitions: readonly Inhibition[],
): string | undefined {
  const rules = inhibitions.filter(({ kinds }) => kinds.includes(alert.subject.kind));
  if (rules.length === 0) return undefined;
  for (const other of firing) {
    const isHeldBack = rules.some(
      ({ by, equal }) =>
        other.rule === by &&
        equal.every((label) => other.subject.labels[label] === alert.subject.labels[label]),
    );
    if (isHeldBack && other.id !== alert.id) return other.id;
  }
  return undefined;
}
