/** The services of a server in memory, for tests of what operations do. */
import { accessSettings, openAccess } from '../../access/index.js';
import { Alerts, alertSettings } from '../../alerts/index.js';
import { openBroker } from '../../broker/index.js';
import type { OperationCall } from '../../control/index.js';
import { FakeClock, seededRandom, SimulatedDisk, SluiceError } from '../../kernel/index.js';
import {
  bindOperations,
  type OperationInput,
  type OperationName,
  type OperationResult,
} from '../registry.js';
import { Monitor } from '../../monitor/index.js';
import { brokerSources } from '../broker-sources.js';
import { endsInAudit } from '../dead-letters/redrive-told.js';
import { Redrives } from '../dead-letters/redrives.js';
import { MessageTracer } from '../message-tracer.js';
import type { ConnectionDetail, ConnectionRow, Services } from '../services.js';

/** Services over a simulated disk, and a way to call operations as a transport would. */
export interface MemoryServer {
  readonly services: Services;
  /** With the default rules; evaluated by `runOnce` alone. */
  readonly alerts: Alerts;
  readonly clock: FakeClock;
  /** What `server.stop` was told. */
  readonly stops: string[];
  call<Name extends OperationName>(
    name: Name,
    input: OperationInput<Name>,
    stream?: { readonly onEvent?: (event: unknown) => void; readonly messages?: AsyncIterable<unknown> },
  ): Promise<OperationResult<Name>>;
  /** Measures everything, and lets a second pass. */
  measure(): Promise<void>;
  close(): Promise<void>;
}

async function* noMessages(): AsyncGenerator {
  // Nothing is sent.
}

const connection: ConnectionRow = {
  id: 'c1',
  name: 'c1',
  protocol: 'AMQP 0-9-1',
  user: 'guest',
  vhost: '/',
  peerAddress: '127.0.0.1',
  peerPort: 1,
  encrypted: false,
  state: 'open',
  channels: 1,
  sinceMs: 0,
  client: 'test',
};

const detail: ConnectionDetail = {
  ...connection,
  tuning: { channelMax: 2_047, frameBytesMax: 131_072, heartbeatSeconds: 60 },
  clientProperties: { connection_name: 'test' },
  receivedBytes: 10,
  sentBytes: 20,
  bufferedBytes: 0,
  channelList: [
    {
      ...{ number: 1, mode: 'confirm', consumers: 1, published: 3, delivered: 2, acknowledged: 1 },
      ...{ unconfirmed: 0, unacknowledged: 1, prefetch: 5, sharedPrefetch: 0 },
      ...{ uncommittedMessages: 0, uncommittedSettlements: 0 },
    },
  ],
};

/** Opens a broker and access on a disk in memory. */
export async function memoryServer(): Promise<MemoryServer> {
  const disk = new SimulatedDisk({ random: seededRandom(1) });
  const clock = new FakeClock();
  const shared = { directory: '/data', disk, clock, random: seededRandom(7) };
  const cheapPasswords = accessSettings.parse({ passwords: { memoryKibibytes: 8, passes: 1 } });
  const access = await openAccess({ ...shared, settings: cheapPasswords });
  const broker = await openBroker({
    ...shared,
    onFailure: (error) => {
      throw error;
    },
  });
  const stops: string[] = [];
  const refused = new SluiceError('config-invalid', 'not here');
  const connections = {
    count: 1,
    churn: undefined,
    figures: () => [],
    list: () => [connection],
    details: () => [detail],
    close: (id: string) => id === connection.id,
  };
  const monitor = await Monitor.open({
    ...{ clock, disk, directory: '/data', history: {} },
    sources: brokerSources({ broker, connections, version: '1.2.3' }),
    onProblem: (problem) => {
      throw new SluiceError('internal', problem);
    },
  });
  const alerts = await Alerts.open({
    ...{ clock, disk, directory: '/data', figures: monitor, settings: alertSettings.parse({}) },
    pause: () => Promise.resolve(),
    onProblem: (problem) => {
      throw new SluiceError('internal', problem);
    },
  });
  const services: Services = {
    broker,
    access,
    actor: { identity: access.operator, source: 'test' },
    connections,
    server: {
      status: () => {
        throw refused;
      },
      stop: (reason) => stops.push(reason),
      reload: () => Promise.reject(refused),
    },
    monitor,
    redrives: new Redrives({
      ...{ broker, clock, random: seededRandom(9) },
      ended: endsInAudit(access.audit),
    }),
    figures: monitor,
    alerts,
    tracer: new MessageTracer({ directory: '/data', disk, broker }),
  };
  const operations = bindOperations(services);
  return {
    services,
    alerts,
    clock,
    stops,
    call: async (name, input, stream = {}) => {
      const call: OperationCall<unknown, unknown> = {
        emit: (event) => {
          stream.onEvent?.(event);
          return Promise.resolve();
        },
        messages: stream.messages ?? noMessages(),
        signal: new AbortController().signal,
      };
      const result: unknown = await operations.get(name)!(input, call);
      return result;
    },
    async measure() {
      await monitor.runOnce();
      clock.advance(1_000);
    },
    async close() {
      await alerts.stop();
      await monitor.stop();
      await broker.close();
      await access.close();
    },
  };
}

/** Every event of a listing, in one array. */
export async function listed<Row>(
  server: MemoryServer,
  name: 'queue.list' | 'exchange.list' | 'binding.list',
  vhost?: string,
): Promise<Row[]> {
  const rows: Row[] = [];
  await server.call(name, { vhost }, { onEvent: (piece) => rows.push(...(piece as Row[])) });
  return rows;
}
