/** An AMQP server for tests: the real broker and access over a disk in memory, and a clock of its own. */
import {
  accessSettings,
  openAccess,
  type Access,
  type Actor,
  type TlsMaterial,
} from '../../../access/index.js';
import { openBroker, type Broker, type BrokerOptions } from '../../../broker/index.js';
import { FakeClock, seededRandom, SimulatedDisk, systemClock } from '../../../kernel/index.js';
import { amqpSettings, AmqpServer, type AmqpSettings, type Logger } from '../index.js';
import { TestClient, type OpenOptions } from './test-client.js';

export interface TestServer {
  readonly server: AmqpServer;
  readonly broker: Broker;
  readonly access: Access;
  readonly operator: Actor;
  readonly port: number;
  /** The AMQP server's clock; broker and access have the system's. */
  readonly clock: FakeClock;
  /** The journal's disk; `diskClock` moves when the test says, and only slow operations need it. */
  readonly disk: SimulatedDisk;
  readonly diskClock: FakeClock;
  /** Every line it logged. */
  readonly log: Readonly<Record<string, unknown>>[];
  open(options?: OpenOptions): Promise<TestClient>;
  connect(): Promise<TestClient>;
  stop(): Promise<void>;
}

/** Starts a server on a free port. */
export async function startTestServer(
  settings: Partial<AmqpSettings> = {},
  tls?: TlsMaterial,
  journal: BrokerOptions['journal'] = {},
): Promise<TestServer> {
  const diskClock = new FakeClock();
  const disk = new SimulatedDisk({ random: seededRandom(1), clock: diskClock });
  const common = { directory: '/data', disk, clock: systemClock(), random: seededRandom(2) };
  await disk.makeDirectory('/data');
  const cheap = { passwords: { memoryKibibytes: 8, passes: 1, threads: 1 } };
  const access = await openAccess({ ...common, settings: accessSettings.parse(cheap) });
  const broker = await openBroker({ ...common, journal, onFailure: () => undefined });
  const clock = new FakeClock();
  const log: Readonly<Record<string, unknown>>[] = [];
  const server = new AmqpServer({
    broker,
    access,
    clock,
    logger: loggerInto(log),
    settings: amqpSettings.parse({ refusedSignInDelayMs: 0, ...settings }),
    listeners: [{ host: '127.0.0.1', port: 0, ...(tls === undefined ? {} : { tls }) }],
    version: '0.0.0-test',
    clusterName: 'test',
  });
  await server.start();
  const port = server.ports[0]!;
  const clients: TestClient[] = [];
  const kept = (client: TestClient): TestClient => {
    clients.push(client);
    return client;
  };
  return {
    server,
    broker,
    access,
    operator: { identity: access.operator, source: 'test' },
    port,
    clock,
    disk,
    diskClock,
    log,
    open: async (options) => kept(await TestClient.open(port, options)),
    connect: async () => kept(await TestClient.connect(port)),
    async stop() {
      for (const client of clients) client.close();
      await server.stop();
      await broker.close();
      await access.close();
    },
  };
}

function loggerInto(log: Readonly<Record<string, unknown>>[]): Logger {
  const line =
    (level: string) =>
    (fields: Readonly<Record<string, unknown>>, message: string): void => {
      log.push({ level, message, ...fields });
    };
  return { debug: line('debug'), info: line('info'), warn: line('warn'), error: line('error') };
}
