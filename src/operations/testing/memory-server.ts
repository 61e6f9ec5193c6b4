/** The services of a server in memory, for tests of what operations do. */
import { accessSettings, openAccess } from '../../access/index.js';
import { openBroker } from '../../broker/index.js';
import type { OperationCall } from '../../control/index.js';
import { FakeClock, seededRandom, SimulatedDisk, SluiceError } from '../../kernel/index.js';
import {
  bindOperations,
  type OperationInput,
  type OperationName,
  type OperationResult,
} from '../registry.js';
import type { ConnectionRow, Services } from '../services.js';

/** Services over a simulated disk, and a way to call operations as a transport would. */
export interface MemoryServer {
  readonly services: Services;
  readonly clock: FakeClock;
  /** What `server.stop` was told. */
  readonly stops: string[];
  call<Name extends OperationName>(
    name: Name,
    input: OperationInput<Name>,
    stream?: { readonly onEvent?: (event: unknown) => void; readonly messages?: AsyncIterable<unknown> },
  ): Promise<OperationResult<Name>>;
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
  const services: Services = {
    broker,
    access,
    actor: { identity: access.operator, source: 'test' },
    connections: { list: () => [connection], close: (id) => id === connection.id },
    server: {
      status: () => {
        throw refused;
      },
      stop: (reason) => stops.push(reason),
      reload: () => Promise.reject(refused),
    },
  };
  const operations = bindOperations(services);
  return {
    services,
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
    async close() {
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
