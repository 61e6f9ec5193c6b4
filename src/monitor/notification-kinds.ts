/** The kinds of the catalogue that tell of notifications. Invariant: as in the catalogue, numbers are never used again. */
import { objectKind } from './object-kind.js';

/** Where notifications of incidents go. */
export const receiverKind = objectKind(
  'receiver',
  ['receiver'],
  [
    [1, 'broken', 'gauge', 'boolean', '1 while notifications to the receiver fail, 0 while they arrive.'],
    [2, 'waiting_notifications', 'gauge', 'count', 'Notifications that wait for the receiver.'],
    [
      3,
      'oldest_notification_age_seconds',
      'gauge',
      'seconds',
      'How long the oldest waiting notification has waited.',
    ],
    [4, 'failed_attempts', 'counter', 'count', 'Attempts that failed and were to be made again.'],
  ],
);

/** What became of notifications: delivered, refused, expired (given up) or dropped (too many waited). */
export const notificationKind = objectKind(
  'notification',
  ['receiver', 'outcome'],
  [
    [
      1,
      'notifications',
      'counter',
      'count',
      'Notifications that left for a receiver, by what became of them.',
    ],
  ],
  { prefix: '' },
);
