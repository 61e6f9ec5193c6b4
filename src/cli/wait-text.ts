/** Why a message waits, in words. */
import type { WaitExplanation } from '../operations/index.js';

/** One line. */
export function waitText({ reason, ahead, tenants }: WaitExplanation): string {
  const text = reasonText(reason);
  if (ahead === undefined) return text;
  const whose = tenants === undefined ? '' : ` of its tenant, one of ${tenants} that take turns`;
  return `${text}; ${ahead} before it${whose}`;
}

function reasonText(reason: WaitExplanation['reason']): string {
  switch (reason.kind) {
    case 'absent':
      return 'there is no such message';
    case 'unacknowledged':
      return 'a consumer has it';
    case 'moving':
      return 'it is on its way to another queue, or cannot be read';
    case 'delay':
      return `delayed until ${timeText(reason.untilMs)}`;
    case 'records':
      return `${reason.missing === 1 ? 'a record has' : `${reason.missing} records have`} still to be written`;
    case 'key-busy':
      return `#${reason.position} of the same key goes first`;
    case 'key-rate':
      return `its key may go again at ${timeText(reason.untilMs)}`;
    case 'paused':
      return 'the queue is paused';
    case 'no-consumer':
      return 'nobody consumes from the queue';
    case 'queue-concurrency':
      return `the queue has ${reason.held} of ${reason.max} deliveries unacknowledged`;
    case 'queue-rate':
      return `the queue may deliver again at ${timeText(reason.untilMs)}`;
    case 'tenant-concurrency':
      return `its tenant has ${reason.held} of ${reason.max} deliveries unacknowledged`;
    case 'tenant-rate':
      return `its tenant may go again at ${timeText(reason.untilMs)}`;
    case 'no-credit':
      return 'every consumer has as many as it may have';
    case 'order':
      return 'it waits for its turn';
  }
}

function timeText(atMs: number): string {
  return new Date(atMs).toISOString();
}
