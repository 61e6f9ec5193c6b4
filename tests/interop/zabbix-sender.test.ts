/** Debian's `zabbix_sender` as the reference of the wire format: it is understood, and writes what we write. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { ValuePacker } from '../../src/monitor/zabbix/sender/value-packer.js';
import { ZabbixDouble } from '../../src/monitor/zabbix/testing/zabbix-double.js';
import { runProgram } from '../support/child.mjs';
import { requireProgram } from './installed.js';

const program = 'zabbix_sender';
const key = Buffer.alloc(32, 0x5a);
let double: ZabbixDouble | undefined;

afterEach(async () => {
  await double?.stop();
  double = undefined;
});

async function send(input: string, ...more: string[]): Promise<string> {
  const parameters = ['-z', '127.0.0.1', '-p', String(double!.port), '-T', '-N', '-i', '-', ...more];
  const { stdout, stderr } = await runProgram(program, parameters, { input });
  return stdout + stderr;
}

/** What `zabbix_sender` says besides the values is when it sent them. */
function valuesOf(body: Buffer): string {
  return body.toString().replace(/\],"clock":\d+,"ns":\d+}$/, ']}');
}

test('writes the bytes that we write, whatever stands in host, key and value', async (context) => {
  await requireProgram(context, program);
  double = await ZabbixDouble.start();
  const lines = [
    'broker sluice.messages_ready[embedded:/:orders] 1700000000 0 12',
    '"broker 2" "sluice.x[\\"a\\",b]" 1700000001 0 "0.25"',
    'broker sluice.text 1700000002 0 "größer \\"quoted\\""',
  ];
  expect(await send(`${lines.join('\n')}\n`)).toMatch(/processed: 3; failed: 0; total: 3/);
  const packers = { broker: new ValuePacker('broker'), other: new ValuePacker('broker 2') };
  const bodies = (
    [
      [packers.broker, 1_700_000_000, 'sluice.messages_ready[embedded:/:orders]', '12'],
      [packers.other, 1_700_000_001, 'sluice.x["a",b]', '0.25'],
      [packers.broker, 1_700_000_002, 'sluice.text', 'größer "quoted"'],
    ] as const
  ).map(([packer, second, itemKey, value]) => {
    packer.at(second);
    packer.add(itemKey, value);
    return packer.take()!.body.toString();
  });
  const data = bodies.map((body) => /\[(.*)\]}$/.exec(body)![1]!).join(',');
  expect(double.bodies.map(valuesOf)).toEqual([`{"request":"sender data","data":[${data}]}`]);
});

test('sends by a shared key to what we take for a server', async (context) => {
  await requireProgram(context, program);
  double = await ZabbixDouble.start({
    ciphers: 'TLS_AES_128_GCM_SHA256:ECDHE-PSK-AES128-CBC-SHA256:PSK-AES128-GCM-SHA256',
    pskCallback: (_socket, identity) => (identity === 'Sluice 001' ? key : null),
  });
  const directory = await mkdtemp(join(tmpdir(), 'sluice-psk-'));
  try {
    const path = join(directory, 'key');
    await writeFile(path, `${key.toString('hex')}\n`, { mode: 0o600 });
    const encryption = ['--tls-connect', 'psk', '--tls-psk-identity', 'Sluice 001', '--tls-psk-file', path];
    expect(await send('h k 1700000000 0 1\n', ...encryption)).toMatch(/processed: 1; failed: 0/);
  } finally {
    await rm(directory, { recursive: true });
  }
});

test('is told of values that have no item', async (context) => {
  await requireProgram(context, program);
  double = await ZabbixDouble.start();
  double.behaviour = { kind: 'take', refuses: (itemKey) => itemKey === 'unknown' };
  expect(await send('h known 1700000000 0 1\nh unknown 1700000000 0 1\n')).toMatch(/processed: 1; failed: 1/);
});
