/** What a message claims of itself that its publisher must be held to: who sent it, and how long it lives. */
import { decodeText, type PropertyScan } from '../../broker/index.js';
import { SluiceError } from '../../kernel/index.js';

/** RabbitMQ's bound: ten years, in milliseconds. */
const expirationMsMax = 10 * 365 * 24 * 60 * 60 * 1000;

/** Throws `precondition-failed` for another's user-id, or an expiration that is none. `scan` is of `buffer`. */
export function checkClaims(buffer: Buffer, scan: PropertyScan, user: string): void {
  if (scan.userIdStart >= 0) checkUser(decodeText(buffer, scan.userIdStart, scan.userIdEnd), user);
  if (scan.expirationMs !== -1) checkExpiration(buffer, scan);
}

function checkUser(claimed: string, user: string): void {
  if (claimed === user) return;
  throw new SluiceError(
    'precondition-failed',
    `user_id property set to '${claimed}' but authenticated user was '${user}'`,
  );
}

function checkExpiration(buffer: Buffer, scan: PropertyScan): void {
  if (scan.expirationMs >= 0 && scan.expirationMs <= expirationMsMax) return;
  const given = decodeText(buffer, scan.expirationStart, scan.expirationEnd);
  throw new SluiceError(
    'precondition-failed',
    `invalid expiration '${given}': not a number of milliseconds from 0 to ${expirationMsMax}`,
  );
}
