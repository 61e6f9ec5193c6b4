/**
 * UUIDs of what an export holds. Invariant: the same name gives the same UUID in every run and release, as Zabbix finds
 * by it what an import is to change.
 */
import { createHash } from 'node:crypto';

/**
 * Version 4 by its bits (RFC 9562, section 5.4), which is all that Zabbix takes, with a digest in the place of chance.
 * Without dashes, as in Zabbix's exports.
 */
export function stableUuid(name: string): string {
  const bytes = createHash('sha256').update(`sluice ${name}`).digest().subarray(0, 16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  return bytes.toString('hex');
}
