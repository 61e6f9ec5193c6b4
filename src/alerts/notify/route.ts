/**
 * Which routes an incident takes: the first that fits, and those after it as far as `continue` says. Invariant: nothing
 * is told of a broken receiver through that receiver, where there is another. Pure.
 */
import type { Alert, Incident } from '../types.js';
import type { RouteSettings } from './settings.js';

/** Whether `text` is as `pattern` says, in which `*` stands for any text. Takes a time that grows with their product. */
export function matchesPattern(text: string, pattern: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  if (rest.length === 0) return text === pattern;
  if (!text.startsWith(first)) return false;
  const last = rest.pop() ?? '';
  let at = first.length;
  for (const piece of rest) {
    const found = text.indexOf(piece, at);
    if (found === -1) return false;
    at = found + piece.length;
  }
  return text.length - last.length >= at && text.endsWith(last);
}

function valuesOf(incident: Incident, label: string): string[] {
  const tables = [
    incident.labels,
    ...incident.alerts.flatMap((alert: Alert) => [alert.labels, alert.subject.labels]),
  ];
  return tables.flatMap((table) => (Object.hasOwn(table, label) ? [table[label]!] : []));
}

/** Whether a route wants the incident, whatever happened to it. */
export function fits({ match }: RouteSettings, incident: Incident): boolean {
  if (match.severity !== undefined && !match.severity.includes(incident.severity)) return false;
  const { kind } = match;
  if (kind !== undefined && !incident.alerts.some(({ subject }) => kind.includes(subject.kind))) return false;
  return Object.entries(match.labels).every(([label, patterns]) =>
    valuesOf(incident, label).some((value) => patterns.some((pattern) => matchesPattern(value, pattern))),
  );
}

/** The routes that an incident takes, in their order. */
export function routesOf(routes: readonly RouteSettings[], incident: Incident): RouteSettings[] {
  const taken: RouteSettings[] = [];
  for (const route of routes) {
    if (!fits(route, incident)) continue;
    taken.push(route);
    if (!route.continue) break;
  }
  return taken;
}

/** The kind of a receiver in the catalogue, and the label that names it. */
export const receiverSubject = { kind: 'receiver', label: 'receiver' } as const;

/** Receivers that the incident says are broken. */
export function brokenIn(incident: Incident): Set<string> {
  const names = incident.alerts
    .filter(({ subject }) => subject.kind === receiverSubject.kind)
    .map(({ subject }) => subject.labels[receiverSubject.label]);
  return new Set(names.filter((name) => name !== undefined));
}

/** Whom a route tells: not the receivers that the incident is about, but others in their place. */
export function receiversOf(
  route: RouteSettings,
  incident: Incident,
  isWorking: (receiver: string) => boolean,
  routes: readonly RouteSettings[],
): readonly string[] {
  const broken = brokenIn(incident);
  if (broken.size === 0) return route.receivers;
  const left = route.receivers.filter((name) => !broken.has(name));
  if (left.length > 0) return left;
  const other = routes
    .flatMap(({ receivers }) => receivers)
    .find((name) => !broken.has(name) && isWorking(name));
  return other === undefined ? route.receivers : [other];
}
