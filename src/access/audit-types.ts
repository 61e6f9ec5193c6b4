/** The audit log's records and events. Event codes are stable: programs match on them. */

/** Every event the log knows. */
export const auditEvents = [
  'access-refused',
  'alert-changed',
  'audit-dropped',
  'audit-opened',
  'audit-recovered',
  'configuration-reloaded',
  'connection-closed',
  'definitions-imported',
  'engine-used',
  'first-user-created',
  'journal-compacted',
  'messages-dead-lettered',
  'messages-moved',
  'messages-published',
  'messages-purged',
  'messages-released',
  'messages-removed',
  'messages-taken',
  'notification-tested',
  'password-changed',
  'permissions-cleared',
  'permissions-set',
  'policy-cleared',
  'policy-set',
  'queue-paused',
  'queue-resumed',
  'redrive-cancelled',
  'redrive-ended',
  'redrive-started',
  'remedy-applied',
  'remedy-approved',
  'remedy-asked',
  'remedy-refused',
  'remedy-undone',
  'remedies-switched',
  'schedule-removed',
  'server-stopped',
  'session-ended',
  'sign-in',
  'sign-out',
  'store-created',
  'tags-set',
  'task-cancelled',
  'task-retried',
  'tls-reloaded',
  'topic-permissions-cleared',
  'topic-permissions-set',
  'topology-created',
  'topology-deleted',
  'user-added',
  'user-deleted',
  'user-imported',
] as const;

export type AuditEvent = (typeof auditEvents)[number];

/** What a caller tells the log. Strings are cut to 256 characters; nothing secret belongs in any of them. */
export interface AuditEntry {
  readonly event: AuditEvent;
  /** The acting user's name. */
  readonly actor: string;
  /** Where the actor came from: a peer address, or a word such as `control socket`. */
  readonly source: string;
  /** What was acted upon, for example `queue 'orders' in vhost '/'`. */
  readonly subject: string;
  readonly outcome: 'success' | 'failure' | 'refused';
  /** A short stable word or sentence for a failure; of a success, how many it was done to, or how. */
  readonly reason?: string;
}

/** Takes records without ever waiting: a full queue drops and counts, and the count is recorded later. */
export interface Audit {
  record(entry: AuditEntry): void;
  /** Resolves when everything recorded before the call is on disk; rejects with `disk-failed` if it cannot. */
  flush(): Promise<void>;
  /** Reads the whole log and checks its chain. */
  verify(): Promise<AuditVerdict>;
  /**
   * Records that were written, newest first, a page at a time. A page may be short, or empty, and yet have a `next`: one
   * call looks through 8 MiB of the log at most.
   */
  read(query: AuditQuery): Promise<AuditPage>;
}

/** Which records are wanted; what is left out does not matter. */
export interface AuditQuery {
  /** Records of the page. */
  readonly limit: number;
  /** The `next` of the page before. */
  readonly after?: string | undefined;
  readonly actor?: string | undefined;
  readonly event?: AuditEvent | undefined;
  readonly outcome?: AuditEntry['outcome'] | undefined;
  /** A text in what was acted upon, where from, or why, in whatever case. */
  readonly contains?: string | undefined;
  /** Unix ms. */
  readonly fromMs?: number | undefined;
  /** Unix ms; itself not included. */
  readonly toMs?: number | undefined;
}

/** A record as it was read. Its texts come from a file, and before that from strangers. */
export interface AuditLine {
  readonly sequence: number;
  /** Unix ms. */
  readonly atMs: number;
  /** One of `auditEvents`, or a word of a later release. */
  readonly event: string;
  readonly actor: string;
  readonly source: string;
  readonly subject: string;
  readonly outcome: string;
  readonly reason?: string;
  /** How many equal ones it stands for. */
  readonly count: number;
  /** Of the record, as it is written in it. */
  readonly hash: string;
  /** The record is as it was written; whether it still stands in its chain, `verify` tells. */
  readonly isIntact: boolean;
}

export interface AuditPage {
  readonly items: readonly AuditLine[];
  /** What `after` takes for the next page; undefined: there is nothing older. */
  readonly next: string | undefined;
  /** The moment of the oldest record that was looked at; undefined: there was none. */
  readonly reachedMs: number | undefined;
  /** Lines that are no records. */
  readonly unreadable: number;
}

/** What checking the chain found. */
export type AuditVerdict =
  | { readonly ok: true; readonly records: number; readonly headHash: string }
  | {
      readonly ok: false;
      readonly file: string;
      readonly line: number;
      readonly reason: string;
      readonly records: number;
    };
