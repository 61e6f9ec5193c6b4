/** The kinds of the catalogue that tell of alerts, incidents and remedies. Invariant: as in the catalogue, numbers are never used again. */
import { objectKind } from './object-kind.js';

/** Alerts by their state: pending, firing, unknown. */
export const alertKind = objectKind(
  'alert',
  ['state'],
  [
    [
      1,
      'alerts',
      'gauge',
      'count',
      'Rules that hold of an object, or that nothing is known of since they did.',
    ],
  ],
  { prefix: '' },
);

/** Incidents that are not resolved, by their severity. */
export const incidentKind = objectKind(
  'incident',
  ['severity'],
  [[1, 'incidents_open', 'gauge', 'count', 'Incidents that are not resolved.']],
  { prefix: '' },
);

/** Remedies since the start, by what became of them. */
export const remedyKind = objectKind(
  'remedy',
  ['action', 'outcome'],
  [
    [
      1,
      'remedies',
      'counter',
      'count',
      'Remedies that were applied, proved to help, were in vain, undone, failed or refused.',
    ],
  ],
  { prefix: '' },
);

/** Remedies now: running (applied, checked or undone), awaiting approval. */
export const remedyStateKind = objectKind(
  'remedy_state',
  ['state'],
  [
    [
      1,
      'remedies_open',
      'gauge',
      'count',
      'Remedies that are running, or wait for a person to approve them.',
    ],
  ],
  { prefix: '' },
);
