/** What a socket's peer address says: whether it is this machine, and whom its failures are counted against. */
import { isIPv4, isIPv6 } from 'node:net';

/** Whether the peer is this machine, by the address of its socket. Unknown is not. */
export function isLoopback(peerAddress: string | undefined): boolean {
  if (peerAddress === undefined) return false;
  const plain = unmapped(peerAddress);
  return plain === '::1' || (isIPv4(plain) && plain.startsWith('127.'));
}

/**
 * The unit that shares an allowance of failures: an IPv4 address, or the 64-bit network of an IPv6 one, since
 * whoever has one address of such a network has them all.
 */
export function sourceOf(peerAddress: string | undefined): string {
  if (peerAddress === undefined) return 'unknown';
  const plain = unmapped(peerAddress);
  return isIPv6(plain) ? networkOf(plain) : plain;
}

function unmapped(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address);
  return mapped === null ? address : mapped[1]!;
}

function networkOf(address: string): string {
  const bare = address.split('%')[0]!.toLowerCase();
  const [left = '', right] = bare.split('::');
  const leftGroups = left === '' ? [] : left.split(':');
  const rightGroups = right === undefined || right === '' ? [] : right.split(':');
  const missing = Math.max(0, 8 - leftGroups.length - rightGroups.length);
  const groups =
    right === undefined ? leftGroups : [...leftGroups, ...Array<string>(missing).fill('0'), ...rightGroups];
  const network = groups.slice(0, 4).map((group) => Number.parseInt(group, 16).toString(16));
  return `${network.join(':')}::/64`;
}
