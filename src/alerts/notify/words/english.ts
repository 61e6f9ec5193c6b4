/** Notifications in English. */
import { partsOf, type Dictionary } from './dictionary.js';

export const english: Dictionary = {
  severity: { info: 'Info', warning: 'Warning', critical: 'Critical' },
  reason: {
    opened: 'New',
    reopened: 'Open again',
    severity: 'Now',
    cause: 'Cause found',
    escalated: 'Escalated',
    acknowledged: 'Acknowledged',
    remedy: 'Remedy',
    changed: 'Changed',
    repeated: 'Still open',
    resolved: 'Resolved',
    test: 'Test',
  },
  what: 'What',
  where: 'Where',
  since: 'Since',
  cause: 'Likely cause',
  noCause: 'not known yet',
  remedy: 'Remedy',
  command: 'Command',
  acknowledgedBy: 'Acknowledged by',
  happened: 'News',
  lasted: 'It lasted',
  runbook: 'Runbook',
  open: 'Open in the console',
  more: (count) => `and ${count} more`,
  duration: (durationMs) =>
    partsOf(durationMs)
      .map(([count, unit]) => `${count} ${unit}`)
      .join(' '),
  kind: {},
  comma: ', ',
  colon: ': ',
};
