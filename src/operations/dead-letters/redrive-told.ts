/** The end of each redrive, as the audit log tells it. Invariant: it names who began it, and how many letters went. */
import type { Audit } from '../../access/index.js';
import type { Operator } from '../../broker/index.js';
import type { RedriveJob } from './redrive-request.js';

/** What `Redrives` calls with each end. */
export function endsInAudit(audit: Pick<Audit, 'record'>): (job: RedriveJob, by: Operator) => void {
  return (job, { user, source }) => {
    const { id, vhost, queue, state, sent, problem } = job;
    audit.record({
      event: 'redrive-ended',
      ...{ actor: user, source, subject: `queue '${queue}' in vhost '${vhost}'` },
      outcome: state === 'stopped' ? 'failure' : 'success',
      reason: `redrive ${id} ${state}: ${sent} sent${problem === undefined ? '' : `, ${problem}`}`,
    });
  };
}
