/** From the configured hosts and ports to the sockets to open. */
import { lookup } from 'node:dns/promises';
import { createServer, isIP } from 'node:net';
import { messageOf, SluiceError, systemCodeOf } from '../kernel/index.js';

const absentCodes = new Set(['EADDRNOTAVAIL', 'EAFNOSUPPORT']);
const freePortAttempts = 20;

/** Whether only this machine can connect to `address`. */
export function isLoopback(address: string): boolean {
  return address === '::1' || (isIP(address) === 4 && address.startsWith('127.'));
}

/** Opens a port and closes it again. Gives its number, or the system's code for why it cannot be opened. */
function probe(host: string, port: number): Promise<number | string> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error) => {
      resolve(systemCodeOf(error) ?? messageOf(error));
    });
    // Exclusive: a cluster's primary would else keep it open for its workers.
    server.listen({ host, port, exclusive: true }, () => {
      const address = server.address();
      server.close(() => {
        resolve(typeof address === 'object' && address !== null ? address.port : port);
      });
    });
  });
}

async function addressesOf(host: string): Promise<string[]> {
  if (host === 'localhost') {
    // A machine or container without IPv6 has no ::1.
    const six = await probe('::1', 0);
    return typeof six === 'string' && absentCodes.has(six) ? ['127.0.0.1'] : ['127.0.0.1', '::1'];
  }
  if (isIP(host) !== 0) return [host];
  try {
    return (await lookup(host, { all: true })).map(({ address }) => address);
  } catch (error) {
    throw new SluiceError('config-invalid', `the host ${host} has no address: ${messageOf(error)}`, {
      cause: error,
      details: { host },
    });
  }
}

/** The addresses to listen on, each once, in order. Rejects with 'config-invalid' for a name that has none. */
export async function listenAddresses(hosts: readonly string[]): Promise<string[]> {
  const addresses = [...new Set((await Promise.all(hosts.map(addressesOf))).flat())];
  // `::` takes IPv4 as well.
  return addresses.includes('::') ? addresses.filter((address) => isIP(address) === 6) : addresses;
}

/** The first of `addresses` on which another program has `port`. */
export async function takenAddress(addresses: readonly string[], port: number): Promise<string | undefined> {
  for (const address of addresses) {
    if ((await probe(address, port)) === 'EADDRINUSE') return address;
  }
  return undefined;
}

async function isFreeOn(addresses: readonly string[], port: number): Promise<boolean> {
  for (const address of addresses) {
    if (typeof (await probe(address, port)) === 'string') return false;
  }
  return true;
}

/**
 * A port that was free a moment ago on every address: `port` itself, or for 0 one that the system chose. The
 * caller opens it, and for 0 asks again when somebody was faster.
 */
export async function choosePort(port: number, addresses: readonly string[]): Promise<number> {
  const [first, ...others] = addresses;
  if (port !== 0 || first === undefined) return port;
  for (let attempt = 0; attempt < freePortAttempts; attempt++) {
    const chosen = await probe(first, 0);
    // A single address needs no agreement: the system chooses when the socket is opened.
    if (others.length === 0 || typeof chosen === 'string') return 0;
    if (await isFreeOn(others, chosen)) return chosen;
  }
  return 0;
}
