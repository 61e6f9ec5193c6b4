/**
 * Where notifications may go: not to addresses that only this machine and its cloud know, by which a notification would
 * become a way to the machine's own credentials. Invariant: it is asked of the address that is connected to, after
 * names were looked up, so a name that changes its address meanwhile gains nothing.
 */
import { lookup as systemLookup, type LookupAddress } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { SluiceError } from '../../kernel/index.js';
import { settingProblem } from './setting-problem.js';

/** Link-local, this host, multicast, broadcast, and the metadata services of clouds that lie elsewhere. */
const refusedNetworks: readonly (readonly [string, number, 'ipv4' | 'ipv6'])[] = [
  ['0.0.0.0', 8, 'ipv4'],
  ['169.254.0.0', 16, 'ipv4'],
  ['224.0.0.0', 4, 'ipv4'],
  ['255.255.255.255', 32, 'ipv4'],
  // Alibaba Cloud, Oracle Cloud, Azure.
  ['100.100.100.200', 32, 'ipv4'],
  ['192.0.0.192', 32, 'ipv4'],
  ['168.63.129.16', 32, 'ipv4'],
  ['::', 128, 'ipv6'],
  ['fe80::', 10, 'ipv6'],
  ['ff00::', 8, 'ipv6'],
  // Amazon, and link-local IPv4 behind a translator.
  ['fd00:ec2::', 32, 'ipv6'],
  ['64:ff9b::a9fe:0', 112, 'ipv6'],
];

export class AddressPolicy {
  readonly #refused = new BlockList();
  readonly #allowed = new BlockList();

  /** `allowed`: addresses and networks, `169.254.10.0/24`. Throws `config-invalid` for what is neither. */
  constructor(allowed: readonly string[] = []) {
    for (const [network, bits, family] of refusedNetworks) this.#refused.addSubnet(network, bits, family);
    for (const each of allowed) this.#allow(each);
  }

  /** Whether a connection to `address` may be made. */
  permits(address: string): boolean {
    const family = isIP(address) === 4 ? 'ipv4' : 'ipv6';
    return this.#allowed.check(address, family) || !this.#refused.check(address, family);
  }

  /** @throws SluiceError `refused`. */
  require(address: string): void {
    if (!this.permits(address)) throw refusal(address);
  }

  /** Looks a name up as the system does; errors with `refused` where any of its addresses is. */
  readonly lookup: LookupFunction = (hostname, options, callback) => {
    systemLookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) {
        callback(error, []);
        return;
      }
      const bad = addresses.find(({ address }) => !this.permits(address));
      if (bad !== undefined) callback(refusal(bad.address), []);
      else answer(addresses, options.all === true, callback);
    });
  };

  #allow(text: string): void {
    const [address = '', bits] = text.split('/');
    const version = isIP(address);
    const length = bits === undefined ? (version === 4 ? 32 : 128) : Number(bits);
    const isNetwork =
      version !== 0 && Number.isInteger(length) && length >= 0 && length <= (version === 4 ? 32 : 128);
    if (!isNetwork || bits === '') {
      throw settingProblem('alerts.allowAddresses', `'${text}' is not an address or a network`);
    }
    this.#allowed.addSubnet(address, length, version === 4 ? 'ipv4' : 'ipv6');
  }
}

function answer(
  addresses: readonly LookupAddress[],
  wantsAll: boolean,
  callback: Parameters<LookupFunction>[2],
): void {
  const [first] = addresses;
  if (wantsAll || first === undefined) callback(null, [...addresses]);
  else callback(null, first.address, first.family);
}

function refusal(address: string): SluiceError {
  return new SluiceError(
    'refused',
    `${address} is a link-local, metadata or reserved address; name it in alerts.allowAddresses if it is meant`,
  );
}
