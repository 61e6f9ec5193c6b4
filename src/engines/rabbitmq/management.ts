/**
 * RabbitMQ's management API, and a Sluice server's that is like it, as far as figures come from it. Invariants: lists
 * are read a page at a time, and no longer than a bound; and without connections, consumers or virtual hosts the rest is
 * known all the same.
 */
import {
  channelColumns,
  channelOf,
  churnOf,
  connectionColumns,
  connectionOf,
  consumerColumns,
  consumerOf,
  nodeOf,
  queueColumns,
  queueOf,
  unroutableOf,
} from './managed-items.js';
import type { ManagedConsumer, ManagedState, ManagedUnroutable } from './managed-state.js';
import { fieldsOf, listOf, numberIn, textIn } from './management-fields.js';
import { ManagementHttp, type Asking, type ManagementBounds } from './management-http.js';
import { onceEach, pagesOf, type Listed } from './management-pages.js';

export class ManagementClient {
  readonly #http: ManagementHttp;

  /** `address`: the management URL, with user and password in it. Throws `bad-input`. */
  constructor(address: string, bounds: Partial<ManagementBounds> = {}) {
    this.#http = new ManagementHttp(address, bounds);
  }

  /** Everything. Rejects with `connection-failed`, `access-refused` or `protocol`. */
  async read(): Promise<ManagedState> {
    const ask = this.#http.reading();
    const [overview, nodes, queues, connections, consumers, vhosts] = await Promise.all([
      ask('/api/overview').then(fieldsOf),
      ask('/api/nodes'),
      pagesOf(ask, 'queues', queueColumns, queueOf),
      orNothing(pagesOf(ask, 'connections', connectionColumns, connectionOf)),
      consumersOf(ask).catch(() => []),
      vhostsOf(ask).catch(() => new Map<string, ManagedUnroutable>()),
    ]);
    return {
      product: textIn(overview, 'product_name') || undefined,
      productVersion: textIn(overview, 'product_version') || undefined,
      version: textIn(overview, 'rabbitmq_version') || undefined,
      connectionCount: numberIn(fieldsOf(overview['object_totals']), 'connections'),
      churn: churnOf(overview),
      unroutable: unroutableOf(overview),
      queues: onceEach(queues.items, ({ vhost, name }) => `${vhost}\0${name}`),
      hasMoreQueues: queues.hasMore,
      nodes: listOf(nodes).map(nodeOf),
      connections: onceEach(connections.items, ({ name }) => name),
      consumers,
      vhosts,
    };
  }
}

/** What is refused or broken is unknown. */
async function orNothing<Item>(list: Promise<Listed<Item>>): Promise<Listed<Item>> {
  return list.catch(() => ({ items: [], hasMore: false }));
}

/** RabbitMQ gives consumers in one list. */
async function consumersOf(ask: Asking): Promise<readonly ManagedConsumer[]> {
  const [consumers, channels] = await Promise.all([
    ask(`/api/consumers?columns=${consumerColumns.join(',')}`),
    orNothing(pagesOf(ask, 'channels', channelColumns, channelOf)),
  ]);
  const byName = new Map(channels.items);
  const all = listOf(consumers).map((item) => consumerOf(item, byName));
  return onceEach(all, ({ vhost, queue, identity }) => `${vhost}\0${queue}\0${identity}`);
}

async function vhostsOf(ask: Asking): Promise<ReadonlyMap<string, ManagedUnroutable>> {
  const vhosts = listOf(await ask('/api/vhosts?columns=name,message_stats')).map(fieldsOf);
  return new Map(vhosts.map((vhost) => [textIn(vhost, 'name'), unroutableOf(vhost)]));
}
