import { createServer, type AddressInfo, type Server } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { SluiceError } from '../kernel/index.js';
import { choosePort, isLoopback, listenAddresses } from './addresses.js';
import { checkPorts, startListening, type ListenerRequest } from './listening.js';
import { listeningInodes, portHolder } from './port-holder.js';

const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function holdPort(): Promise<number> {
  const server = createServer();
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

const request: ListenerRequest = {
  port: 0,
  tlsPort: 'off',
  flags: { plain: 'amqp', encrypted: 'amqps' },
  addresses: ['127.0.0.1'],
  tls: undefined,
};

describe('addresses', () => {
  it('of localhost are loopback, 127.0.0.1 first', async () => {
    const addresses = await listenAddresses(['localhost']);
    expect(addresses[0]).toBe('127.0.0.1');
    expect(addresses.every(isLoopback)).toBe(true);
  });

  it('come once each, and :: takes IPv4 along', async () => {
    expect(await listenAddresses(['127.0.0.1', '127.0.0.1'])).toEqual(['127.0.0.1']);
    expect(await listenAddresses(['0.0.0.0', '::'])).toEqual(['::']);
  });

  it('are refused for a name that has none', async () => {
    await expect(listenAddresses(['no-such-host.invalid'])).rejects.toMatchObject({
      code: 'config-invalid',
    });
  });

  it.each([
    ['127.0.0.1', true],
    ['127.9.9.9', true],
    ['::1', true],
    ['0.0.0.0', false],
    ['10.0.0.1', false],
    ['127.evil.example', false],
  ])('%s is loopback: %s', (address, expected) => {
    expect(isLoopback(address)).toBe(expected);
  });
});

describe('choosing a port', () => {
  it('leaves a given one alone, and the system one address', async () => {
    expect(await choosePort(5672, ['127.0.0.1', '127.0.0.2'])).toBe(5672);
    expect(await choosePort(0, ['127.0.0.1'])).toBe(0);
  });

  it('finds one that is free on every address', async () => {
    const port = await choosePort(0, ['127.0.0.1', '127.0.0.2']);
    expect(port).toBeGreaterThan(0);
  });
});

describe('a taken port', () => {
  it('is found before anything starts, with its holder and the flag that avoids it', async () => {
    const port = await holdPort();
    const found = checkPorts({ ...request, port });
    await expect(found).rejects.toMatchObject({ code: 'port-taken', details: { port } });
    await expect(found).rejects.toThrow(
      /is taken by .+ \(process \d+\)\. Choose another with --amqp PORT \(0: any free one\), or none with --amqp off\.$/,
    );
  });

  it('is explained also when the listener itself finds it', async () => {
    const port = await holdPort();
    const start = () =>
      Promise.reject(new SluiceError('port-taken', `port ${port} is taken`, { details: { port } }));
    await expect(startListening({ ...request, port }, start)).rejects.toThrow(`(process ${process.pid})`);
  });

  it('is avoided when any free one will do', async () => {
    let attempts = 0;
    const started = await startListening(request, (plans) => {
      attempts += 1;
      if (attempts < 3) return Promise.reject(new SluiceError('port-taken', 'somebody was faster'));
      return Promise.resolve(plans);
    });
    expect(attempts).toBe(3);
    expect(started).toEqual([{ host: '127.0.0.1', port: 0 }]);
  });
});

describe('the holder of a port', () => {
  it('is this process for a port of its own', async () => {
    expect(await portHolder(await holdPort())).toMatchObject({ pid: process.pid });
  });

  it('is unknown for a port that nobody holds', async () => {
    const port = await holdPort();
    await new Promise((resolve) => servers.pop()!.close(resolve));
    expect(await portHolder(port)).toBeUndefined();
  });

  it('is looked up among listening sockets only', () => {
    const table = [
      '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode',
      '   0: 0100007F:1628 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 111 1 0',
      '   1: 0100007F:1628 0100007F:D431 01 00000000:00000000 00:00000000 00000000     0        0 222 1 0',
      '   2: 0100007F:1629 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 333 1 0',
    ].join('\n');
    expect(listeningInodes(table, 0x1628)).toEqual(['111']);
  });
});
