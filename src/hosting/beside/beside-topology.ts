/**
 * Exchanges, bindings and policies of an engine beside, from its management API. Invariant: who asks often, and many who
 * ask at once, cost the engine one question in some seconds.
 */
import type { ManagedQueues, ManagedTopology } from '../../engines/rabbitmq/index.js';
import type { Clock } from '../../kernel/index.js';
import {
  effectiveArguments,
  type EngineExchange,
  type EngineLink,
  type EngineLinkFilter,
  type EnginePolicy,
  type EnginePolicyEffect,
  type EnginePolicyTarget,
  type EngineTopology,
} from '../../operations/index.js';
import { ShortMemory } from './short-memory.js';

export class BesideTopology implements EngineTopology {
  readonly #managed: ManagedTopology;
  readonly #queues: ManagedQueues;
  readonly #memory: ShortMemory;

  constructor(managed: ManagedTopology, queues: ManagedQueues, clock: Clock) {
    this.#managed = managed;
    this.#queues = queues;
    this.#memory = new ShortMemory(clock);
  }

  exchanges(vhost: string | undefined): Promise<readonly EngineExchange[]> {
    return this.#memory.ask(question('exchanges', vhost), () => this.#managed.exchanges(vhost));
  }

  exchange(vhost: string, name: string): Promise<EngineExchange> {
    return this.#memory.ask(question('exchange', vhost, name), () => this.#managed.exchange(vhost, name));
  }

  bindings(filter: EngineLinkFilter): Promise<readonly EngineLink[]> {
    const { vhost, source, destination, destinationKind } = filter;
    const asked = question('bindings', vhost, source, destination, destinationKind);
    return this.#memory.ask(asked, () => this.#managed.bindings(filter));
  }

  policies(kind: EnginePolicy['kind'], vhost: string | undefined): Promise<readonly EnginePolicy[]> {
    return this.#memory.ask(question(kind, vhost), () => this.#managed.policies(kind, vhost));
  }

  policyEffect(target: EnginePolicyTarget): Promise<EnginePolicyEffect> {
    const { kind, vhost, name } = target;
    return this.#memory.ask(question('effect', kind, vhost, name), () =>
      kind === 'queue' ? this.#queueEffect(vhost, name) : this.#exchangeEffect(vhost, name),
    );
  }

  async #queueEffect(vhost: string, name: string): Promise<EnginePolicyEffect> {
    const queue = await this.#queues.show(vhost, name);
    const { policy, operatorPolicy, effectivePolicy: definition } = queue;
    const table = effectiveArguments('queue', queue.type, queue.arguments, definition);
    return { policy, operatorPolicy, definition, arguments: table };
  }

  /** An exchange has no operator policy, and names its policy without what that sets. */
  async #exchangeEffect(vhost: string, name: string): Promise<EnginePolicyEffect> {
    const { policy, arguments: declared } = await this.exchange(vhost, name);
    const found = policy === undefined ? undefined : await this.#managed.policy(vhost, policy);
    const definition = found?.definition ?? {};
    const table = effectiveArguments('exchange', undefined, declared, definition);
    return { policy, operatorPolicy: undefined, definition, arguments: table };
  }
}

function question(...parts: readonly (string | undefined)[]): string {
  return JSON.stringify(parts);
}
