/**
 * Queues, exchanges and bindings of a server over AMQP. Invariant: what does not outlive a connection (exclusive and
 * auto-delete queues) is declared again on the next one.
 */
import type { Channel, ChannelModel } from 'amqplib';
import { SluiceError } from '../../kernel/index.js';
import {
  argumentsOf,
  plainTerms,
  unsupported,
  windowTermsOf,
  type Binding,
  type EngineKind,
  type ExchangeDeclaration,
  type QueueDeclaration,
  type QueueInfo,
  type Topology,
  type WindowTerms,
} from '../index.js';
import { closePolitely } from './close-politely.js';
import { absences } from './capabilities.js';
import { toWire } from './header-values.js';
import { isLostConnection } from './refusals.js';
import type { ServerChannels } from './server-channels.js';

/** Levels of a priority queue on RabbitMQ, which keeps a queue for each. */
const priorityMaxDefault = 10;

/** Why an argument is refused that receivers would have to be told of as well, or that nobody could keep. */
const argumentRefusals = {
  deadline: 'RabbitMQ would take this argument and ignore it: give the option `order`',
  tenants: 'RabbitMQ would take this argument and ignore it: give the option `fair` or `fairBudget`',
  limits: absences.limits,
  messageIndex: absences.messageIndex,
} as const;

/** Arguments that RabbitMQ would take and ignore, with what they ask for. */
const foreignArguments: ReadonlyMap<string, keyof typeof argumentRefusals> = new Map([
  ['x-order', 'deadline'],
  ['x-fair', 'tenants'],
  ['x-fair-budget', 'tenants'],
  ['x-rate-limit', 'limits'],
  ['x-tenant-rate-limit', 'limits'],
  ['x-key-rate-limit', 'limits'],
  ['x-concurrency', 'limits'],
  ['x-tenant-concurrency', 'limits'],
  ['x-message-index', 'messageIndex'],
]);

/** Pauses queues, where the server can. */
interface Pauser {
  setPaused(queue: string, paused: boolean): Promise<boolean>;
}

export class AmqpTopology implements Topology {
  readonly #kind: EngineKind;
  readonly #channels: ServerChannels;
  readonly #pauser: Pauser | undefined;
  /** Queues that go with the connection. */
  readonly #volatile = new Map<string, QueueDeclaration>();
  /** How receivers choose, of the queues declared here, where the server cannot. */
  readonly #terms = new Map<string, WindowTerms>();

  constructor(kind: EngineKind, channels: ServerChannels, pauser?: Pauser) {
    this.#kind = kind;
    this.#channels = channels;
    this.#pauser = pauser;
  }

  async declareQueue(name: string, declaration?: QueueDeclaration): Promise<void> {
    if (declaration === undefined && (await this.describeQueue(name)) !== undefined) return;
    const known = declaration ?? {};
    const table = this.#argumentsOf(known);
    const terms = declaration && this.#kind === 'rabbitmq' ? windowTermsOf(declaration) : undefined;
    if (terms !== undefined) await this.#agree(name, terms);
    await this.#channels.use((channel) => assertQueue(channel, name, known, table));
    if (terms !== undefined) this.#terms.set(name, terms);
    if (known.exclusive === true || known.autoDelete === true) this.#volatile.set(name, known);
  }

  /** How receivers of a queue choose what goes next; undefined where the server does. */
  windowTermsOf(queue: string): WindowTerms | undefined {
    return this.#kind === 'sluice' ? undefined : (this.#terms.get(queue) ?? plainTerms);
  }

  /** The server cannot compare what it does not know: within this engine a queue has one order and one set of shares. */
  async #agree(name: string, terms: WindowTerms): Promise<void> {
    const known = this.#terms.get(name);
    const isOther = known !== undefined && known.fingerprint !== terms.fingerprint;
    if (isOther && (await this.describeQueue(name)) !== undefined)
      throw new SluiceError(
        'precondition-failed',
        `the queue '${name}' was declared with another order, or with other shares`,
      );
  }

  #argumentsOf(declaration: QueueDeclaration): Record<string, unknown> {
    if (this.#kind === 'sluice') return toWire(argumentsOf(declaration));
    const { order, ...rest } = servedBy(declaration);
    const priorityMax = order === 'priority' ? (rest.priorityMax ?? priorityMaxDefault) : rest.priorityMax;
    const table = argumentsOf({ ...rest, ...(priorityMax === undefined ? {} : { priorityMax }) });
    for (const name of Object.keys(table)) {
      const capability = foreignArguments.get(name);
      if (capability !== undefined) throw unsupported(this.#kind, capability, argumentRefusals[capability]);
    }
    return toWire(table);
  }

  /** Declares what the last connection took with it. Who uses a queue that is refused now hears of it there. */
  async restore(model: ChannelModel): Promise<void> {
    for (const [name, declaration] of this.#volatile) {
      const channel = await model.createChannel();
      channel.on('error', () => undefined);
      try {
        await assertQueue(channel, name, declaration, this.#argumentsOf(declaration));
        await closePolitely(channel);
      } catch (error) {
        if (isLostConnection(error)) throw error;
      }
    }
  }

  async describeQueue(name: string): Promise<QueueInfo | undefined> {
    const found = await this.#channels.find((channel) => channel.checkQueue(name));
    if (found === undefined) return undefined;
    return {
      name,
      ready: found.messageCount,
      consumers: found.consumerCount,
      unacknowledged: undefined,
      delayed: undefined,
      held: undefined,
      bytes: undefined,
    };
  }

  async deleteQueue(
    name: string,
    when: { readonly unused?: boolean; readonly empty?: boolean } = {},
  ): Promise<number> {
    const { unused = false, empty = false } = when;
    const deleted = await this.#channels.use((channel) =>
      channel.deleteQueue(name, { ifUnused: unused, ifEmpty: empty }),
    );
    this.#volatile.delete(name);
    this.#terms.delete(name);
    return deleted.messageCount;
  }

  async purgeQueue(name: string): Promise<number> {
    return (await this.#channels.use((channel) => channel.purgeQueue(name))).messageCount;
  }

  setPaused(name: string, paused: boolean): Promise<boolean> {
    if (this.#pauser !== undefined) return this.#pauser.setPaused(name, paused);
    return Promise.reject(unsupported(this.#kind, 'pause', absences.pause));
  }

  async declareExchange(name: string, declaration: ExchangeDeclaration): Promise<void> {
    const { type, durable = true, autoDelete = false, internal = false } = declaration;
    const table = toWire(declaration.arguments ?? {});
    await this.#channels.use((channel) =>
      channel.assertExchange(name, type, { durable, autoDelete, internal, arguments: table }),
    );
  }

  async deleteExchange(name: string): Promise<void> {
    await this.#channels.use((channel) => channel.deleteExchange(name));
  }

  async bind({ source, destination, destinationKind, routingKey = '', ...rest }: Binding): Promise<void> {
    const table = toWire(rest.arguments ?? {});
    await this.#channels.use((channel) =>
      destinationKind === 'exchange'
        ? channel.bindExchange(destination, source, routingKey, table)
        : channel.bindQueue(destination, source, routingKey, table),
    );
  }

  async unbind({ source, destination, destinationKind, routingKey = '', ...rest }: Binding): Promise<void> {
    const table = toWire(rest.arguments ?? {});
    await this.#channels.use((channel) =>
      destinationKind === 'exchange'
        ? channel.unbindExchange(destination, source, routingKey, table)
        : channel.unbindQueue(destination, source, routingKey, table),
    );
  }

  describe(): Promise<never> {
    return Promise.reject(unsupported(this.#kind, 'topology', absences.list));
  }
}

/** Without what receivers do for the server. */
function servedBy(declaration: QueueDeclaration): QueueDeclaration {
  const known: { -readonly [Name in keyof QueueDeclaration]: QueueDeclaration[Name] } = { ...declaration };
  delete known.fair;
  delete known.fairBudget;
  if (known.order !== 'priority') delete known.order;
  return known;
}

async function assertQueue(
  channel: Channel,
  name: string,
  declaration: QueueDeclaration,
  table: Record<string, unknown>,
): Promise<void> {
  const { durable = true, exclusive = false, autoDelete = false } = declaration;
  await channel.assertQueue(name, { durable, exclusive, autoDelete, arguments: table });
}
