/** The audit log's records and events. Event codes are stable: programs match on them. */

/** Every event the log knows. */
export const auditEvents = [
  'access-refused',
  'audit-dropped',
  'audit-opened',
  'audit-recovered',
  'configuration-reloaded',
  'first-user-created',
  'password-changed',
  'permissions-cleared',
  'permissions-set',
  'sign-in',
  'store-created',
  'tags-set',
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
  /** A short stable word or sentence for a failure. */
  readonly reason?: string;
}

/** Takes records without ever waiting: a full queue drops and counts, and the count is recorded later. */
export interface Audit {
  record(entry: AuditEntry): void;
  /** Resolves when everything recorded before the call is on disk; rejects with `disk-failed` if it cannot. */
  flush(): Promise<void>;
  /** Reads the whole log and checks its chain. */
  verify(): Promise<AuditVerdict>;
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
