/** Decides what clients do next, and does it. */
import { morgueOf } from './ledger.js';
import { ModelClient } from './model-client.js';
import type { World } from './world.js';
import {
  declareQueue,
  hasMorgue,
  plannedQueues,
  plannedRoutes,
  taskQueues,
  taskRoutes,
  volatileQueues,
  type PlannedRoute,
} from './queue-plan.js';
import { changePolicies, checkPolicies } from './policy-dice.js';
import { RecordDice } from './record-dice.js';
import type { Simulation } from './simulation.js';
import type { How } from './transaction-model.js';

type Operation = (dice: OperationDice) => void;

const clientsMax = 7;

/** What may happen, with how often it does. */
const operations: readonly (readonly [weight: number, run: Operation])[] = [
  [
    430,
    (dice) => {
      dice.publish();
    },
  ],
  [
    330,
    (dice) => {
      dice.settle();
    },
  ],
  [
    20,
    (dice) => {
      dice.consume();
    },
  ],
  [
    12,
    (dice) => {
      dice.cancel();
    },
  ],
  [
    30,
    (dice) => {
      dice.get();
    },
  ],
  [
    12,
    (dice) => {
      dice.throttle();
    },
  ],
  [
    30,
    (dice) => {
      dice.endTransaction();
    },
  ],
  [
    4,
    (dice) => {
      dice.recover();
    },
  ],
  [
    10,
    (dice) => {
      dice.connect();
    },
  ],
  [
    4,
    (dice) => {
      dice.disconnect();
    },
  ],
  [
    30,
    (dice) => {
      dice.noteDurable();
    },
  ],
  [
    3,
    (dice) => {
      dice.purge();
    },
  ],
  [
    8,
    (dice) => {
      dice.changeVolatile();
    },
  ],
  [
    1,
    (dice) => {
      dice.snapshot();
    },
  ],
];

const recordOperations: typeof operations = [
  [
    120,
    (dice) => {
      dice.changeRecords();
    },
  ],
  [
    60,
    (dice) => {
      dice.complete();
    },
  ],
  [
    30,
    (dice) => {
      dice.commitAtOnce();
    },
  ],
  [
    6,
    (dice) => {
      dice.pause();
    },
  ],
  [
    6,
    (dice) => {
      dice.changePolicies();
    },
  ],
];

export class OperationDice {
  readonly #simulation: Simulation;
  readonly #operations: typeof operations;
  readonly #queues: typeof plannedQueues;
  readonly #routes: typeof plannedRoutes;
  readonly #totalWeight: number;
  #publishers = 0;
  readonly hasMorgue = hasMorgue;

  constructor(simulation: Simulation) {
    this.#simulation = simulation;
    const { hasRecords } = simulation;
    this.#operations = hasRecords ? [...operations, ...recordOperations] : operations;
    this.#queues = hasRecords ? [...plannedQueues, ...taskQueues] : plannedQueues;
    this.#routes = hasRecords ? [...plannedRoutes, ...taskRoutes] : plannedRoutes;
    this.#totalWeight = this.#operations.reduce((sum, [weight]) => sum + weight, 0);
  }

  /** Does a few things in a row, without a pause; returns how many. */
  throwSome(): number {
    const { random, life } = this.#simulation;
    const count = 1 + random.integer(8);
    for (let left = count; left > 0 && !life.isDark; left--) this.#throwOne();
    return count;
  }

  #throwOne(): void {
    let dice = this.#simulation.random.integer(this.#totalWeight);
    for (const [weight, run] of this.#operations) {
      dice -= weight;
      if (dice >= 0) continue;
      run(this);
      return;
    }
  }

  get #world(): World {
    return this.#simulation.life.world;
  }

  get #clients(): ModelClient[] {
    return this.#simulation.life.clients;
  }

  #pick<T>(from: readonly T[]): T | undefined {
    return from[this.#simulation.random.integer(Math.max(1, from.length))];
  }

  #chance(chance: number): boolean {
    return this.#simulation.random.next() < chance;
  }

  connect(): void {
    if (this.#clients.length >= clientsMax) return;
    const client = new ModelClient(this.#world, ++this.#publishers, this.#chance(0.25));
    this.#clients.push(client);
    if (this.#chance(0.7)) client.setPrefetch(1 + this.#simulation.random.integer(20));
  }

  disconnect(): void {
    const client = this.#pick(this.#clients);
    if (client === undefined || this.#clients.length < 3) return;
    this.#clients.splice(this.#clients.indexOf(client), 1);
    client.close();
  }

  publish(): void {
    const client = this.#pick(this.#clients);
    if (client === undefined) {
      this.connect();
      return;
    }
    // Publishers are stopped while the disk is full; some were not quick enough.
    if (this.#world.broker.alarms.size > 0 && this.#chance(0.98)) return;
    client.publish(this.#anyRoute());
  }

  #anyRoute(): PlannedRoute {
    const existing = volatileQueues.filter(({ name }) => this.#exists(name));
    const volatile = existing.map(({ name }) => ({
      exchange: '',
      routingKey: name,
      queues: [name],
      headers: 'none' as const,
    }));
    return this.#pick([...this.#routes, ...volatile])!;
  }

  #exists(name: string): boolean {
    const vhost = this.#world.broker.virtualHosts.get('/') as {
      readonly queues: ReadonlyMap<string, unknown>;
    };
    return vhost.queues.has(name);
  }

  #anyQueue(): string {
    const planned = this.#pick(this.#queues)!;
    if (planned.hasMorgue && this.#chance(0.15)) return morgueOf(planned.name);
    const volatile = this.#pick(volatileQueues)!.name;
    return this.#chance(0.1) && this.#exists(volatile) ? volatile : planned.name;
  }

  consume(): void {
    const client = this.#pick(this.#clients);
    if (client !== undefined && client.consumptions.size < 6)
      client.consume(this.#anyQueue(), this.#chance(0.05));
  }

  cancel(): void {
    const client = this.#pick(this.#clients);
    const tag = this.#pick([...(client?.consumptions.keys() ?? [])]);
    if (tag !== undefined) client!.cancel(tag);
  }

  get(): void {
    this.#pick(this.#clients)?.get(this.#anyQueue(), this.#chance(0.2));
  }

  throttle(): void {
    const client = this.#pick(this.#clients);
    if (client === undefined) return;
    if (this.#chance(0.3)) client.setPrefetch(this.#simulation.random.integer(30));
    else if (this.#chance(0.5)) client.setFlow(!client.isFlowing || this.#chance(0.5));
    else client.setWritable(!client.isWritable || this.#chance(0.5));
  }

  settle(): void {
    const client = this.#pick(this.#clients);
    const held = this.#pick(client?.seen() ?? []);
    if (client === undefined || held === undefined) return;
    const multiple = this.#chance(0.2) && client.mayNameTogether(held.tag);
    client.settle(held.tag, multiple, this.#how(held.copy.queue, multiple));
  }

  #how(queue: string, multiple: boolean): How {
    if (this.#chance(0.8)) return 'acknowledge';
    if (!multiple && this.#chance(0.4)) return hasMorgue(queue) && this.#chance(0.3) ? 'bury' : 'retry';
    return this.#chance(0.5) ? 'requeue' : 'reject';
  }

  recover(): void {
    this.#pick(this.#clients)?.recover();
  }

  endTransaction(): void {
    const client = this.#pick(this.#clients.filter(({ isTransactional }) => isTransactional));
    if (client === undefined) return;
    if (this.#chance(0.8)) client.commit();
    else client.rollback();
  }

  /** Asks that everything so far be durable, and notes which settlements then are. */
  noteDurable(): void {
    const { broker, requested, process } = this.#world;
    const asked = requested.splice(0);
    void broker.administration.durable().then(
      () => {
        if (process.hasEnded) return;
        for (const copy of asked) copy.settlement = 'durable';
      },
      () => undefined,
    );
  }

  purge(): void {
    const client = this.#pick(this.#clients);
    const { name } = this.#pick([...volatileQueues, ...this.#queues])!;
    if (client === undefined || !this.#exists(name)) return;
    this.#world.ledger.release(name);
    client.channel.purgeQueue(name);
  }

  changeVolatile(): void {
    const client = this.#pick(this.#clients);
    const { name, arguments: given } = this.#pick(volatileQueues)!;
    if (client === undefined) return;
    if (!this.#exists(name)) {
      declareQueue(client.channel, name, given);
      return;
    }
    this.#world.ledger.release(name);
    client.channel.deleteQueue(name, false, false);
  }

  changeRecords(): void {
    const client = this.#pick(this.#clients);
    if (client !== undefined) new RecordDice(this.#world).throwOne(client);
  }

  /** Acknowledges and writes a record as one step. */
  complete(): void {
    const client = this.#pick(this.#clients);
    const held = this.#pick(client?.seen() ?? []);
    if (held !== undefined) client!.complete(held.tag, new RecordDice(this.#world).put(client!));
  }

  /** Settles, publishes and changes records as one step, without a transaction. */
  commitAtOnce(): void {
    const client = this.#pick(this.#clients);
    if (client === undefined || client.isTransactional || this.#world.broker.alarms.size > 0) return;
    const held = this.#pick(client.seen());
    const records = new RecordDice(this.#world);
    client.commitAtOnce(() => {
      if (held !== undefined) client.settle(held.tag, false, this.#how(held.copy.queue, false));
      for (let left = this.#simulation.random.integer(4); left > 0; left--) client.publish(this.#anyRoute());
      for (let left = this.#simulation.random.integer(3); left > 0; left--) records.change(client);
    });
  }

  /** Pauses a queue; one that is paused goes on. */
  pause(): void {
    const { broker, ledger } = this.#world;
    const { name } = this.#pick(this.#queues)!;
    const { queues } = broker.administration;
    const isPaused = !ledger.pauses.isPaused(name);
    const { changed, sequence } = isPaused ? queues.pause('/', name) : queues.resume('/', name);
    if (!changed) ledger.report(`${name} was ${isPaused ? 'paused' : 'not paused'} already`);
    ledger.pauses.set(name, isPaused, sequence);
  }

  changePolicies(): void {
    changePolicies(this.#world, this.#simulation.random);
  }

  snapshot(): void {
    void this.#world.broker.snapshot();
  }

  /** At rest, no queue has both messages to deliver and a consumer who could take one; and each has its policies. */
  checkNobodyStarves(): void {
    checkPolicies(this.#world);
    for (const { name, ready } of this.#world.broker.administration.listQueues('/')) {
      if (ready === 0 || name === 'single' || this.#world.ledger.pauses.isPaused(name)) continue;
      const waiting = this.#clients.some(
        (client) => client.hasCredit && [...client.consumptions.values()].some(({ queue }) => queue === name),
      );
      if (waiting) this.#world.ledger.report(`${ready} messages of ${name} wait beside a waiting consumer`);
    }
  }
}
