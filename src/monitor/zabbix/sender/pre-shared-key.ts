/**
 * A key that Sluice and a Zabbix server share, and what TLS makes of it. Invariant: a server that does not know the key is
 * refused, whatever certificate it has; the key is in no message and no log.
 */
import { open } from 'node:fs/promises';
import type { ConnectionOptions } from 'node:tls';
import { messageOf, SluiceError, systemCodeOf } from '../../../kernel/index.js';

export interface PreSharedKey {
  /** Not a secret: it goes over the wire in the clear. */
  readonly identity: string;
  readonly key: Buffer;
}

/** Zabbix takes keys of 16 to 256 bytes. */
const digitsMin = 32;
const digitsMax = 512;
const fileBytesMax = 4_096;
const othersMayRead = 0o004;

/** What a Zabbix server with OpenSSL or GnuTLS takes, those with forward secrecy first; the rest are of TLS 1.3. */
const cipherSuites = [
  ...['TLS_AES_128_GCM_SHA256', 'TLS_CHACHA20_POLY1305_SHA256'],
  ...['ECDHE-PSK-CHACHA20-POLY1305', 'ECDHE-PSK-AES128-CBC-SHA256', 'ECDHE-PSK-AES128-CBC-SHA'],
  ...['PSK-AES128-GCM-SHA256', 'PSK-AES128-CBC-SHA256', 'PSK-AES128-CBC-SHA'],
].join(':');

/** Reads the key. Rejects with `config-invalid`, which never quotes the file. */
export async function readPreSharedKey({
  identity,
  file,
}: {
  readonly identity: string;
  readonly file: string;
}): Promise<PreSharedKey> {
  const digits = (await readKeyFile(file)).trim();
  const isKey = /^[0-9A-Fa-f]+$/.test(digits) && digits.length % 2 === 0;
  if (!isKey || digits.length < digitsMin || digits.length > digitsMax) {
    throw keyInvalid(file, `is not a key of ${digitsMin} to ${digitsMax} hexadecimal digits`);
  }
  return { identity, key: Buffer.from(digits, 'hex') };
}

async function readKeyFile(path: string): Promise<string> {
  try {
    const file = await open(path, 'r');
    try {
      const { mode, size } = await file.stat();
      if (size > fileBytesMax) throw keyInvalid(path, 'is too long for a key');
      if ((mode & othersMayRead) !== 0) throw keyInvalid(path, 'may be read by everyone: chmod 600');
      return await file.readFile('latin1');
    } finally {
      await file.close();
    }
  } catch (cause) {
    if (cause instanceof SluiceError) throw cause;
    throw keyInvalid(path, `cannot be read: ${systemCodeOf(cause) ?? messageOf(cause)}`, cause);
  }
}

function keyInvalid(path: string, what: string, cause?: unknown): SluiceError {
  return new SluiceError('config-invalid', `the key file ${path} ${what}`, { cause, details: { path } });
}

/** The options of a connection that is encrypted by the key. */
export function keyOptions({ identity, key }: PreSharedKey): ConnectionOptions {
  return {
    ciphers: cipherSuites,
    minVersion: 'TLSv1.2',
    pskCallback: () => ({ psk: key, identity }),
    // Asked only where the server did not prove by the key who it is. Under TLS 1.3 it may answer with a certificate.
    checkServerIdentity: (_host, certificate) =>
      Object.keys(certificate).length === 0
        ? undefined
        : new SluiceError(
            'connection-failed',
            'the Zabbix server answered with a certificate, not with the key',
          ),
  };
}
