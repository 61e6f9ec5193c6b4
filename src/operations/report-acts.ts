/**
 * What operators did in a span, read from the audit log for the report. Invariants: only who may read the log gets it;
 * what programs did, sign-ins and refusals are no acts; the work is bounded, and what was not read is told.
 */
import type { AuditLine } from '../access/index.js';
import type { ActsRead } from '../alerts/index.js';
import type { Services } from './services.js';

const recordsMax = 5_000;
const pageRecords = 1_000;
/** A page looks through 8 MiB of the log at most. */
const pagesMax = 8;

const noActs: ReadonlySet<string> = new Set(['access-refused', 'sign-in', 'sign-out']);

/** By the command line, the API or the console; programs come from their addresses, the server and its rules by name. */
function isAct({ event, source }: AuditLine): boolean {
  return !noActs.has(event) && (source === 'control socket' || source.startsWith('HTTP from '));
}

/** Of `fromMs` and later. */
export async function readActs(
  { access, actor }: Pick<Services, 'access' | 'actor'>,
  fromMs: number,
  signal: AbortSignal,
): Promise<ActsRead> {
  if (!access.allows(actor.identity, { action: 'administer' }))
    return { kind: 'refused', reason: 'the audit log is for administrators' };
  const records: AuditLine[] = [];
  let after: string | undefined;
  let reachedMs: number | undefined;
  for (let pages = 0; pages < pagesMax && records.length < recordsMax && !signal.aborted; pages++) {
    const page = await access.audit.read({ limit: pageRecords, after, fromMs });
    records.push(...page.items.filter(isAct));
    if (page.next === undefined) return { kind: 'read', records };
    ({ next: after, reachedMs } = page);
  }
  return { kind: 'read', records, reachedMs };
}
