/** Notices as tests want them, among them one whose every name tries to be more than a name. */
import { FakeClock } from '../../../kernel/index.js';
import type { Incident } from '../../types.js';
import { AddressPolicy } from '../address-policy.js';
import type { Notice } from '../notice.js';
import { guardedPost } from '../post.js';
import type { ReceiverTools } from '../receivers/receiver.js';
import { alert, incident, startMs } from './incident-fixture.js';

export function notice(change: Partial<Notice> = {}): Notice {
  return {
    ...{ id: 'n1', receiver: 'r', route: 'all', reason: 'opened', text: 'it began', language: 'en' },
    ...{ atMs: startMs, incident, alertCount: incident.alerts.length },
    ...change,
  };
}

/** What somebody may call a queue. */
export const hostileName =
  '<script>alert(1)</script>\r\nBcc: x@evil.example\r\n<!channel> @all [click](https://evil.example) `*_~|# <at id=all></at>';

/** An incident in which every text is hostile. */
export function hostileIncident(text = hostileName): Incident {
  const subject = { kind: 'queue', labels: { engine: text, vhost: text, queue: text } };
  return {
    ...incident,
    title: text,
    acknowledgedBy: text,
    alerts: [{ ...alert, subject, summary: text, runbook: `javascript:${text}` }],
    causes: incident.causes.map((cause) => ({
      ...cause,
      title: text,
      remedies: cause.remedies.map((remedy) => ({ ...remedy, text, command: text })),
    })),
  };
}

/** Tools that really post, on a clock that stands. */
export function toolsAt(clock = new FakeClock(startMs)): ReceiverTools {
  const policy = new AddressPolicy();
  return {
    ...{ clock, policy, post: guardedPost(policy, 'Sluice/test') },
    ...{ source: 'host-1', link: 'https://sluice.example/', timezone: 'UTC' },
  };
}
