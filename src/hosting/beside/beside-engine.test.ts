import { describe, expect, it } from 'vitest';
import type { Engine } from '../../engines/index.js';
import type { ManagedState } from '../../engines/rabbitmq/index.js';
import { FakeClock, SluiceError } from '../../kernel/index.js';
import { Polled } from '../../monitor/index.js';
import { BesideEngine } from './beside-engine.js';

const told: ManagedState = {
  ...{ product: 'RabbitMQ', productVersion: '3.10.8', version: '3.10.8', connectionCount: 0 },
  ...{ churn: undefined, unroutable: { returned: undefined, dropped: undefined }, queues: [] },
  ...{ hasMoreQueues: false, nodes: [], connections: [], consumers: [], vhosts: new Map() },
};

interface Parts {
  readonly read?: () => Promise<ManagedState>;
  readonly open?: (address: string) => Promise<Engine>;
}

function engineOf({
  read = () => Promise.resolve(told),
  open = () => new Promise(() => undefined),
}: Parts = {}) {
  const clock = new FakeClock();
  const polled = new Polled(clock, 5_000, read);
  const settings = {
    amqp: 'amqps://watcher:secret@host:5671/shop?heartbeat=5',
    management: 'https://watcher:secret@host:15671/',
    probe: false as const,
  };
  return { clock, polled, engine: new BesideEngine({ name: 'orders', settings, polled, clock, open }) };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('an engine beside', () => {
  it('tells its addresses without user, password and query', () => {
    const { engine } = engineOf();
    expect([engine.address, engine.management]).toEqual(['amqps://host:5671/shop', 'https://host:15671']);
  });

  it('hangs nobody who asks how it is, and is then not known', async () => {
    const { clock, engine } = engineOf({ read: () => new Promise(() => undefined) });
    const health = engine.health();
    clock.advance(3_001);
    expect(await health).toEqual({
      isUp: undefined,
      sinceMs: undefined,
      triedMs: undefined,
      problem: undefined,
    });
    expect(engine.kind).toBeUndefined();
    expect(engine.capabilities).toBeUndefined();
    expect(() => engine.state()).toThrow('it was not read yet');
  });

  it('stays what it was while it does not answer, and says since when and why', async () => {
    let isAway = false;
    const away = new SluiceError('connection-failed', 'gone');
    const { clock, engine } = engineOf({
      read: () => (isAway ? Promise.reject(away) : Promise.resolve(told)),
    });
    const since = clock.now();
    expect(await engine.health()).toMatchObject({ isUp: true, sinceMs: since, problem: undefined });
    expect(engine.capabilities?.pause.kind).toBe('none');
    isAway = true;
    clock.advance(20_000);
    await engine.health();
    await turn();
    const problem = { text: 'gone', atMs: clock.now() };
    expect(await engine.health()).toMatchObject({ isUp: false, sinceMs: clock.now(), problem });
    expect(engine.kind).toBe('rabbitmq');
    expect(() => engine.state()).toThrow('gone');
  });

  it('names the virtual host in the address of a connection, whatever its name', async () => {
    const opened: string[] = [];
    const refusal = new SluiceError('access-refused', 'no such user');
    const { engine } = engineOf({
      open(address) {
        opened.push(address);
        return Promise.reject(refusal);
      },
    });
    // It is the engine that refuses, and not whoever asked that is refused.
    await expect(engine.purge('a/b ?', 'q')).rejects.toMatchObject({
      code: 'refused',
      message: `engine 'orders': no such user`,
    });
    expect(opened).toEqual(['amqps://watcher:secret@host:5671/a%2Fb%20%3F?heartbeat=5']);
  });

  it('ends an act that nobody answers', async () => {
    const { clock, engine } = engineOf();
    const purge = expect(engine.purge('/', 'q')).rejects.toMatchObject({ code: 'timeout', retryable: true });
    await turn();
    clock.advance(15_001);
    await purge;
  });
});
