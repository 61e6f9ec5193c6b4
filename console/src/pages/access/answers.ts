/** What `/v1` answers about access, and lists read to their end. */
import { api, type Page, type Query } from '../../server/api.ts';

export interface User {
  readonly name: string;
  readonly tags: readonly string[];
  readonly passwordKind: 'argon2id' | 'imported' | 'none';
}

export interface Permission {
  readonly user: string;
  readonly vhost: string;
  readonly configure: string;
  readonly write: string;
  readonly read: string;
}

export interface TopicPermission {
  readonly user: string;
  readonly vhost: string;
  readonly exchange: string;
  readonly write: string;
  readonly read: string;
}

export interface Vhost {
  readonly name: string;
  readonly description: string;
  readonly queuesMax?: number;
  readonly connectionsMax?: number;
  readonly queues: number;
  readonly messages: number;
  readonly connections: number;
  readonly users: number;
}

export interface SessionRow {
  readonly id: string;
  readonly user: string;
  readonly address: string;
  readonly browser: string;
  readonly openedMs: number;
  readonly lastUsedMs: number;
  readonly idleEndsMs: number;
  readonly isOwn: boolean;
}

export interface AuditRecord {
  readonly sequence: number;
  readonly atMs: number;
  readonly event: string;
  readonly actor: string;
  readonly source: string;
  readonly subject: string;
  readonly outcome: string;
  readonly reason?: string;
  readonly count: number;
  readonly hash: string;
  readonly isIntact: boolean;
}

export interface AuditAnswer {
  readonly items: readonly AuditRecord[];
  readonly next?: string;
  readonly reachedMs?: number;
  readonly unreadable: number;
}

export interface PermissionCheck {
  readonly user: string;
  readonly enters: boolean;
  readonly configure: boolean;
  readonly write: boolean;
  readonly read: boolean;
  readonly topicWrite?: boolean;
  readonly topicRead?: boolean;
}

export const userTags = ['administrator', 'monitoring', 'policymaker', 'management'] as const;

const pageRows = 1_000;
/** Of a list that is read to its end; what is beyond is not shown, and said. */
const rowsMax = 20_000;

/** A whole list, page by page. */
export async function allOf<Row>(path: string, query: Query = {}): Promise<readonly Row[]> {
  const rows: Row[] = [];
  let after: string | undefined;
  do {
    const page: Page<Row> = await api.ask<Page<Row>>(path, { query: { ...query, limit: pageRows, after } });
    rows.push(...page.items);
    after = page.next;
  } while (after !== undefined && rows.length < rowsMax);
  return rows;
}

/** When users signed in last, as far as the newest sign-ins of the audit log tell. */
export async function lastSignIns(user?: string): Promise<ReadonlyMap<string, number>> {
  const limit = user === undefined ? pageRows : 1;
  const answer = await api.ask<AuditAnswer>('/v1/audit', {
    query: { event: 'sign-in', outcome: 'success', user, limit },
  });
  const moments = new Map<string, number>();
  for (const { actor, atMs } of answer.items) if (!moments.has(actor)) moments.set(actor, atMs);
  return moments;
}
