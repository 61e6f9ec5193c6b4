/**
 * What changed lately, from the audit log and from incidents that ended. Pure. Invariants: newest first; changes of one
 * kind by one person in one stretch of time are one line, so that a thousand declared queues do not hide the rest; no
 * line leads to what was deleted since.
 */
import type { IncidentRow } from '../../server/answers.ts';

/** A record of the audit log, as far as it is used. */
export interface AuditRow {
  readonly atMs: number;
  readonly event: string;
  readonly actor: string;
  readonly subject: string;
  readonly outcome: string;
  readonly count: number;
}

/** Events that change something, each with its word; what else the log has is no change. */
const changeWords = {
  'audit-opened': 'started',
  'configuration-reloaded': 'reloaded',
  'tls-reloaded': 'reloaded',
  'topology-created': 'created',
  'topology-deleted': 'deleted',
  'policy-set': 'policySet',
  'policy-cleared': 'policyCleared',
  'alert-changed': 'alertsChanged',
  'user-added': 'userAdded',
  'user-imported': 'userAdded',
  'first-user-created': 'userAdded',
  'user-deleted': 'userDeleted',
  'tags-set': 'userChanged',
  'password-changed': 'passwordChanged',
  'permissions-set': 'permissionsChanged',
  'permissions-cleared': 'permissionsChanged',
  'topic-permissions-set': 'permissionsChanged',
  'topic-permissions-cleared': 'permissionsChanged',
  'remedy-applied': 'remedyApplied',
  'remedy-undone': 'remedyUndone',
  'remedies-switched': 'remediesSwitched',
} as const;

type ChangeEvent = keyof typeof changeWords;
export type ChangeWord = (typeof changeWords)[ChangeEvent] | 'resolved';

export interface Change {
  readonly atMs: number;
  readonly word: ChangeWord;
  /** What was changed: of several, the newest. */
  readonly subject: string;
  /** Empty: nobody in particular. */
  readonly who: string;
  readonly count: number;
  /** The parts of the page's address that tells of it. */
  readonly link: readonly string[] | undefined;
}

/** Whether a record tells of something that is different now. */
export function isChange({ event, outcome }: AuditRow): boolean {
  return outcome === 'success' && event in changeWords;
}

const togetherMs = 600_000;

/** Lines of what changed, at most so many. */
export function changesOf(
  audit: readonly AuditRow[],
  incidents: readonly IncidentRow[],
  linesMax: number,
): readonly Change[] {
  const changes = [...audit.flatMap(ofAudit), ...incidents.flatMap(ofIncident)];
  const goneMs = new Map<string, number>();
  for (const { event, subject, atMs } of audit)
    if (event === 'topology-deleted') goneMs.set(subject, Math.max(atMs, goneMs.get(subject) ?? 0));
  const lines: Change[] = [];
  for (const change of changes.toSorted((one, other) => other.atMs - one.atMs)) {
    const index = lines.findIndex((line) => isSame(line, change));
    const isGone = change.word === 'created' && (goneMs.get(change.subject) ?? -1) >= change.atMs;
    if (index < 0) lines.push(isGone ? { ...change, link: undefined } : change);
    else lines[index] = { ...lines[index]!, count: lines[index]!.count + change.count };
  }
  return lines.slice(0, linesMax);
}

/** Whether a change belongs to the line of a newer one. */
function isSame(line: Change, { word, who, atMs }: Change): boolean {
  return word !== 'resolved' && line.word === word && line.who === who && line.atMs - atMs <= togetherMs;
}

function ofAudit(row: AuditRow): readonly Change[] {
  if (!isChange(row)) return [];
  const { atMs, event, actor, subject, count } = row;
  const word = changeWords[event as ChangeEvent];
  const isStart = word === 'started';
  return [
    {
      atMs,
      word,
      count,
      subject: isStart ? '' : subject,
      who: isStart ? '' : actor,
      link: linkOf(word, subject),
    },
  ];
}

function ofIncident({ id, title, state, openedMs, resolvedMs }: IncidentRow): readonly Change[] {
  if (state !== 'resolved') return [];
  const atMs = resolvedMs ?? openedMs;
  return [{ atMs, word: 'resolved', count: 1, subject: title, who: '', link: ['incidents', id] }];
}

/** Names are cut and escaped in the log: what does not look whole leads nowhere. */
function linkOf(word: ChangeWord, subject: string): readonly string[] | undefined {
  const queue = /^queue '(.*)' in vhost '(.*)'$/.exec(subject);
  if (queue !== null && word === 'created') return ['queues', queue[2]!, queue[1]!];
  const incident = /\bincident (\S+)/.exec(subject);
  return incident === null ? undefined : ['incidents', incident[1]!];
}
