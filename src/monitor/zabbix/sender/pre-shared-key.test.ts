/** Encryption by a shared key: who knows it is believed, and nobody else, whatever certificate he has. */
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TlsOptions } from 'node:tls';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { issueCertificate } from '../../../access/testing/issue-certificate.js';
import { systemClock } from '../../../kernel/index.js';
import { ZabbixDouble } from '../testing/zabbix-double.js';
import { exchange } from './exchange.js';
import { readPreSharedKey, type PreSharedKey } from './pre-shared-key.js';

const key = { identity: 'Sluice 001', key: Buffer.alloc(32, 0xa5) };
const body = Buffer.from('{"request":"sender data","data":[{"host":"h","key":"k","value":"1"}]}');
let directory = '';
let double: ZabbixDouble | undefined;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sluice-psk-'));
});

afterEach(async () => {
  await double?.stop();
  double = undefined;
  await rm(directory, { recursive: true });
});

function knowing(known: PreSharedKey, version: 'TLSv1.2' | 'TLSv1.3'): TlsOptions {
  return {
    ...{ minVersion: version, maxVersion: version },
    ciphers: 'TLS_AES_128_GCM_SHA256:ECDHE-PSK-AES128-CBC-SHA256:PSK-AES128-GCM-SHA256',
    pskCallback: (_socket, identity) => (identity === known.identity ? known.key : null),
  };
}

async function send(encryption: TlsOptions | undefined, own: PreSharedKey | undefined): Promise<unknown> {
  double = await ZabbixDouble.start(encryption);
  const server = { host: '127.0.0.1', port: double.port };
  return exchange(body, { server, key: own, timeoutMs: 10_000, clock: systemClock() });
}

describe.each(['TLSv1.2', 'TLSv1.3'] as const)('a connection by key, under %s', (version) => {
  it('brings values to a server that knows it', async () => {
    await expect(send(knowing(key, version), key)).resolves.toEqual({ processed: 1, failed: 0 });
    expect(double!.bodies).toEqual([body]);
  });

  it('fails where the key is another', async () => {
    const other = { ...key, key: Buffer.alloc(32, 1) };
    await expect(send(knowing(other, version), key)).rejects.toThrow(
      expect.objectContaining({ code: 'connection-failed', retryable: true }),
    );
    expect(double!.bodies).toEqual([]);
  });

  it('fails where the server has only a certificate', async () => {
    const { certificate: cert, key: certificateKey } = issueCertificate({ commonNames: ['zabbix'] });
    const encryption = { minVersion: version, maxVersion: version, cert, key: certificateKey };
    await expect(send(encryption, key)).rejects.toThrow(
      expect.objectContaining({ code: 'connection-failed' }),
    );
    expect(double!.bodies).toEqual([]);
  });
});

it('a server that encrypts nothing gets nothing', async () => {
  await expect(send(undefined, key)).rejects.toThrow(/no packet of Zabbix|connection|closed|SSL|packet/i);
  expect(double!.bodies).toEqual([]);
});

describe('a key file', () => {
  async function file(content: string, mode = 0o600): Promise<string> {
    const path = join(directory, 'key');
    await writeFile(path, content);
    await chmod(path, mode);
    return path;
  }

  it('holds hexadecimal digits', async () => {
    const path = await file(`${'A5'.repeat(32)}\n`);
    await expect(readPreSharedKey({ identity: key.identity, file: path })).resolves.toEqual(key);
  });

  it.each([
    ['of other characters', 'secretsecretsecretsecretsecretsecret'],
    ['too short', 'a5'.repeat(15)],
    ['of an odd number of digits', `${'a5'.repeat(16)}a`],
    ['too long', 'a5'.repeat(257)],
    ['longer than any key', ' '.repeat(5_000)],
  ])('is refused where it is %s, without quoting it', async (_, content) => {
    const path = await file(content);
    await expect(readPreSharedKey({ identity: 'x', file: path })).rejects.toThrow(
      expect.objectContaining({
        code: 'config-invalid',
        message: expect.not.stringContaining(content) as string,
      }),
    );
  });

  it('is refused where everyone may read it, or nobody can', async () => {
    const path = await file('a5'.repeat(32), 0o644);
    await expect(readPreSharedKey({ identity: 'x', file: path })).rejects.toThrow('chmod 600');
    await expect(readPreSharedKey({ identity: 'x', file: join(directory, 'none') })).rejects.toThrow(
      'ENOENT',
    );
  });
});
