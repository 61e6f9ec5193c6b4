/** RabbitMQ's API over a server in memory, and requests to it as its clients make them. */
import type { ServerStatus } from '../../../operations/index.js';
import { SluiceError } from '../../../kernel/index.js';
import { memoryServer } from '../../../operations/testing/memory-server.js';
import { httpFixture, type Answered, type Asked, type HttpFixture } from '../../testing/http-fixture.js';

/** What the fixture's server says of itself. */
export const fixtureStatus: ServerStatus = {
  ...{ version: '0.0.0', pid: 7, state: 'ready', sinceMs: 0, directory: '/data', configFile: undefined },
  ports: { amqp: 5_672, http: 15_672 },
  addresses: ['127.0.0.1'],
  ...{ residentBytes: 100, memoryLimitBytes: 1_000, diskFreeBytes: 500, diskFreeLimitBytes: 50 },
  alarms: [],
};

export interface RabbitFixture extends HttpFixture {
  /** What `status` tells from now on. */
  say(status: Partial<ServerStatus>): void;
  /** Below `/api`. */
  api(method: string, path: string, asked?: Asked): Promise<Answered>;
  /** The answer's body, of a request that was granted. */
  read(path: string, asked?: Asked): Promise<unknown>;
}

/** Starts it. `onFakeClock`: it reads the clock of the server in memory, which moves when it is told. */
export async function rabbitFixture({ onFakeClock = false } = {}): Promise<RabbitFixture> {
  const memory = await memoryServer();
  let status = fixtureStatus;
  const services = { ...memory.services, server: { ...memory.services.server, status: () => status } };
  const fixture = await httpFixture({
    ...(onFakeClock ? { clock: memory.clock } : {}),
    parts: () =>
      Promise.resolve({
        services,
        tasks: () => Promise.reject(new SluiceError('unsupported', 'no tasks here')),
      }),
  });
  const api = (method: string, path: string, asked?: Asked): Promise<Answered> =>
    fixture.ask(method, `/api${path}`, asked);
  return {
    ...fixture,
    server: memory,
    api,
    say(changes) {
      status = { ...status, ...changes };
    },
    async read(path, asked) {
      const answer = await api('GET', path, asked);
      if (answer.status !== 200) throw new SluiceError('protocol', `${answer.status}: ${answer.text}`);
      return answer.json;
    },
    async addUser(name, tags, rights) {
      const { access, actor } = memory.services;
      await access.addUser({ name, password: name, tags: tags as never }, actor);
      if (rights === undefined) return;
      const patterns = { configure: rights, write: rights, read: rights };
      await access.setPermissions({ user: name, vhost: '/', ...patterns }, actor);
    },
    async close() {
      await fixture.close();
      await memory.close();
    },
  };
}
