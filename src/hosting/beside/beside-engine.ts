/**
 * An engine beside the own one, as operators see and work on it: figures from its management API, acts over AMQP.
 * Invariants: every call ends within seconds; no answer and no message holds a user or a password.
 */
import { emulated, none, unsupported, type Capabilities, type Engine } from '../../engines/index.js';
import {
  ManagedQueues,
  ManagedTopology,
  rabbitCapabilities,
  sluiceCapabilities,
  type ManagedState,
} from '../../engines/rabbitmq/index.js';
import { messageOf, SluiceError, type Clock } from '../../kernel/index.js';
import type { ObservedEngine, Polled, PolledHealth } from '../../monitor/index.js';
import type {
  EngineBeside,
  EngineDestination,
  EngineExchange,
  EngineLink,
  EngineLinkFilter,
  EngineLook,
  EngineLookBounds,
  EngineMessageRow,
  EngineMoveOutcome,
  EnginePolicy,
  EnginePolicyEffect,
  EnginePolicyTarget,
  EnginePublish,
  EngineQueueDetail,
  EngineState,
  FoundKind,
} from '../../operations/index.js';
import { BesideTopology } from './beside-topology.js';
import { EngineLinks } from './engine-links.js';
import { engineMessageOf } from './engine-message.js';
import { lookAtMessages } from './look-at-messages.js';
import { moveMessages } from './move-messages.js';

/** Of one act, with the opening of its connection. */
const actMs = 15_000;
/** A server gives its first answer within this, or is shown as not known yet. */
const firstAnswerMs = 3_000;

export interface BesideEngineOptions {
  readonly name: string;
  readonly settings: ObservedEngine;
  readonly polled: Polled<ManagedState>;
  readonly clock: Clock;
  /** Opens a connection to an AMQP address. */
  readonly open: (address: string) => Promise<Engine>;
}

/** What it turned out to be. */
interface Found {
  readonly kind: FoundKind;
  readonly all: Capabilities;
}

export class BesideEngine implements EngineBeside {
  readonly name: string;
  readonly address: string;
  readonly management: string;
  readonly isProbed: boolean;
  readonly #polled: Polled<ManagedState>;
  readonly #clock: Clock;
  readonly #queues: ManagedQueues;
  readonly #topology: BesideTopology;
  readonly #links: EngineLinks;
  #capabilities: Found | undefined;

  constructor({ name, settings, polled, clock, open }: BesideEngineOptions) {
    this.name = name;
    this.address = publicAddress(settings.amqp);
    this.management = publicAddress(settings.management);
    this.isProbed = settings.probe !== false;
    this.#polled = polled;
    this.#clock = clock;
    this.#queues = new ManagedQueues(settings.management);
    this.#topology = new BesideTopology(new ManagedTopology(settings.management), this.#queues, clock);
    this.#links = new EngineLinks({
      clock,
      limitMs: actMs,
      open: (vhost) => open(addressOf(settings.amqp, vhost)),
    });
  }

  get kind(): FoundKind | undefined {
    return this.#found?.kind;
  }

  get capabilities(): Capabilities | undefined {
    return this.#found?.all;
  }

  /** What it last was: an engine that went away does not turn into another. */
  get #found(): Found | undefined {
    if (this.#polled.isUp !== true && this.#capabilities !== undefined) return this.#capabilities;
    const state = this.#reading();
    if (state !== undefined) this.#capabilities = capabilitiesOf(state);
    return this.#capabilities;
  }

  #reading(): ManagedState | undefined {
    try {
      return this.#polled.current();
    } catch {
      // Its health says why.
      return undefined;
    }
  }

  async health(): Promise<PolledHealth> {
    this.#polled.poll();
    if (this.#polled.isUp === undefined) await this.#firstAnswer();
    return this.#polled.health;
  }

  #firstAnswer(): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#clock.after(firstAnswerMs, resolve);
      void this.#polled.settled().then(() => {
        cancel();
        resolve();
      });
    });
  }

  state(): EngineState {
    const { version, productVersion, nodes, queues, hasMoreQueues } = this.#polled.current();
    return { version: productVersion ?? version, nodes, queues, hasMoreQueues };
  }

  show(vhost: string, queue: string): Promise<EngineQueueDetail> {
    return this.#told(() => this.#queues.show(vhost, queue));
  }

  peek(vhost: string, queue: string, count: number): Promise<readonly EngineMessageRow[]> {
    return this.#told(() => this.#queues.peek(vhost, queue, count));
  }

  look(vhost: string, queue: string, bounds: EngineLookBounds): Promise<EngineLook> {
    return this.#act(vhost, (engine) => lookAtMessages(engine, this.#clock, queue, bounds));
  }

  exchanges(vhost: string | undefined): Promise<readonly EngineExchange[]> {
    return this.#told(() => this.#topology.exchanges(vhost));
  }

  exchange(vhost: string, name: string): Promise<EngineExchange> {
    return this.#told(() => this.#topology.exchange(vhost, name));
  }

  bindings(filter: EngineLinkFilter): Promise<readonly EngineLink[]> {
    return this.#told(() => this.#topology.bindings(filter));
  }

  policies(kind: EnginePolicy['kind'], vhost: string | undefined): Promise<readonly EnginePolicy[]> {
    return this.#told(() => this.#topology.policies(kind, vhost));
  }

  policyEffect(target: EnginePolicyTarget): Promise<EnginePolicyEffect> {
    return this.#told(() => this.#topology.policyEffect(target));
  }

  async publish(
    { vhost, exchange, routingKey }: EngineDestination,
    publish: EnginePublish,
  ): Promise<{ readonly routed: boolean }> {
    const message = engineMessageOf(publish);
    return this.#act(vhost, async (engine) => {
      if (exchange !== '') {
        const { unroutable } = await engine.publish(exchange, routingKey, [message]);
        return { routed: unroutable === 0 };
      }
      await engine.send(routingKey, [message]);
      return { routed: true };
    });
  }

  purge(vhost: string, queue: string): Promise<number> {
    return this.#act(vhost, (engine) => engine.topology.purgeQueue(queue));
  }

  move(vhost: string, queue: string, to: string, count: number): Promise<EngineMoveOutcome> {
    return this.#act(vhost, (engine) => moveMessages(engine, this.#clock, { queue, to, count }));
  }

  async setPaused(vhost: string, queue: string, paused: boolean): Promise<boolean> {
    const pause = this.capabilities?.pause;
    if (pause?.kind === 'none') throw unsupported(this.name, 'pause', pause.reason);
    return this.#act(vhost, (engine) => engine.topology.setPaused(queue, paused));
  }

  /** Closes what is open. Safe to call twice. */
  close(): Promise<void> {
    return this.#links.close();
  }

  #act<Result>(vhost: string, act: (engine: Engine) => Promise<Result>): Promise<Result> {
    if (this.#polled.isUp === false) this.#links.forget();
    return this.#told(() => this.#links.use(vhost, act));
  }

  /** Its refusals in its name: who asks is not the user that it refuses. */
  async #told<Result>(ask: () => Promise<Result>): Promise<Result> {
    try {
      return await ask();
    } catch (problem) {
      if (!(problem instanceof SluiceError)) throw problem;
      const { code, retryable, details } = problem;
      const message = `engine '${this.name}': ${messageOf(problem)}`;
      throw new SluiceError(code === 'access-refused' ? 'refused' : code, message, {
        ...{ retryable, details, cause: problem },
      });
    }
  }
}

const managed =
  'through the management API, every 5 s; over AMQP alone only named queues, their ready messages and consumers';
const copies =
  'of quorum and mirrored queues, as the management API tells; of followers that are online nobody says how far behind';

/** With what the management API adds to AMQP. */
function capabilitiesOf({ product, version = '' }: ManagedState): Found {
  const isSluice = product === 'Sluice';
  const delays = parseInt(version, 10) >= 4 ? 'confirmed' : 'plain';
  const over = isSluice ? sluiceCapabilities : rabbitCapabilities(delays);
  return {
    kind: isSluice ? 'sluice' : 'rabbitmq',
    all: {
      ...over,
      observe: emulated(managed),
      topology: emulated('listed through the management API, changed by name over AMQP'),
      replicas: isSluice ? none('one directory on one machine has no replicas') : emulated(copies),
    },
  };
}

/** Without user, password and query. */
function publicAddress(address: string): string {
  const { protocol, host, pathname } = new URL(address);
  return `${protocol}//${host}${pathname === '/' ? '' : pathname}`;
}

function addressOf(address: string, vhost: string): string {
  const url = new URL(address);
  url.pathname = `/${encodeURIComponent(vhost)}`;
  return url.href;
}
