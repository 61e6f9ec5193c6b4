/** The engines that take the exam: how to open one, and how to end it as a crash would. */
import { openBroker } from '../../src/broker/index.js';
import { EmbeddedEngine } from '../../src/engines/embedded/embedded-engine.js';
import { App } from '../../src/engines/index.js';
import { seededRandom, SimulatedDisk, SluiceError, systemClock } from '../../src/kernel/index.js';
import { open } from '../../src/open.js';
import type { BrokerServer } from '../support/server.mjs';

/** One engine under examination. */
export interface Target {
  readonly kind: 'embedded' | 'sluice' | 'rabbitmq';
  /** Opens it. A server's engine may be opened several times side by side. */
  open(): Promise<App>;
  /** Opens what is there after an end without a word, while `app` is in the middle of its work. */
  crash(app: App): Promise<App>;
  /** Ends the server and starts it again, while its engines are open; only where there is a server. */
  readonly restart?: () => Promise<void>;
  stop(): Promise<void>;
}

/** The embedded engine, each on a simulated disk of its own: a crash is a power loss, and keeps only what was synced. */
export function embeddedTarget(): Promise<Target> {
  const opened = new WeakMap<App, { readonly engine: EmbeddedEngine; readonly disk: SimulatedDisk }>();
  let seed = 1;
  const openOn = async (disk: SimulatedDisk): Promise<App> => {
    const clock = systemClock();
    const failed = (error: SluiceError): void => {
      throw error;
    };
    const random = seededRandom(seed++);
    const broker = await openBroker({
      directory: '/data',
      disk,
      clock,
      random,
      onFailure: failed,
      journal: { segmentBytesFirst: 1_048_576 },
    });
    const engine = new EmbeddedEngine('/data', broker, clock, () => Promise.resolve());
    const app = new App(engine, clock);
    opened.set(app, { engine, disk });
    return app;
  };
  return Promise.resolve({
    kind: 'embedded',
    open: () => openOn(new SimulatedDisk({ random: seededRandom(seed++), writeBackChance: 0.1 })),
    crash(app) {
      const { engine, disk } = opened.get(app)!;
      const left = disk.crash();
      engine.fail(new SluiceError('durability-lost', 'the power went'));
      return openOn(left);
    },
    stop: () => Promise.resolve(),
  });
}

/**
 * An engine over AMQP, on a server of its own. Sluice is killed. RabbitMQ is ended politely: it holds the declaration
 * of a queue back for up to two seconds before it writes it (`disk_log`), and an older one may lose it when killed.
 */
export async function serverTarget(start: () => Promise<BrokerServer>): Promise<Target> {
  const server = await start();
  const restart = async (): Promise<void> => {
    if (server.kind === 'sluice') await server.kill();
    else await server.terminate();
    await server.restart();
  };
  return {
    kind: server.kind,
    open: () => open({ engine: server.url }),
    async crash(app) {
      await restart();
      await app.close();
      return open({ engine: server.url });
    },
    restart,
    stop: () => server.stop(),
  };
}
