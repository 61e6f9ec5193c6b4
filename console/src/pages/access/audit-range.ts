/** How the audit trail is asked for by an address: what is filtered by, and how far back. */
export const filterWords = ['user', 'event', 'outcome', 'contains'] as const;

export const ranges = ['1h', '24h', '7d', '30d'] as const;

const hourMs = 3_600_000;
const units: Readonly<Record<string, number>> = { h: hourMs, d: 24 * hourMs };

/** Milliseconds of `24h` or `7d`; undefined: as far back as there is. */
export function rangeMs(text: string): number | undefined {
  const [, count, unit = ''] = /^(\d{1,4})([hd])$/.exec(text) ?? [];
  const unitMs = units[unit];
  return count === undefined || unitMs === undefined ? undefined : Number(count) * unitMs;
}

export const outcomes = ['success', 'failure', 'refused'] as const;

/** Events of the server, in the groups in which they are offered; an address may name others too. */
export const eventGroups = {
  signIns: ['sign-in', 'sign-out', 'session-ended', 'access-refused'],
  usersAndRights: [
    ...['user-added', 'user-deleted', 'user-imported', 'tags-set', 'password-changed', 'first-user-created'],
    ...['permissions-set', 'permissions-cleared', 'topic-permissions-set', 'topic-permissions-cleared'],
  ],
  topology: [
    ...['topology-created', 'topology-deleted', 'policy-set', 'policy-cleared', 'engine-used'],
    ...['queue-paused', 'queue-resumed', 'definitions-imported'],
  ],
  messagesInQueues: [
    ...['messages-published', 'messages-taken', 'messages-moved', 'messages-purged', 'messages-removed'],
    ...['messages-dead-lettered', 'messages-released'],
    ...['redrive-started', 'redrive-ended', 'redrive-cancelled'],
    ...['task-cancelled', 'task-retried', 'schedule-removed'],
  ],
  watching: [
    ...['alert-changed', 'notification-tested', 'remedy-applied', 'remedy-asked', 'remedy-approved'],
    ...['remedy-refused', 'remedy-undone', 'remedies-switched'],
  ],
  server: [
    ...['configuration-reloaded', 'tls-reloaded', 'store-created', 'server-stopped'],
    ...['connection-closed', 'journal-compacted'],
    ...['audit-opened', 'audit-recovered', 'audit-dropped'],
  ],
} as const;

export type EventGroup = keyof typeof eventGroups;
