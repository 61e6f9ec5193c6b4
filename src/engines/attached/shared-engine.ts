/**
 * The engine on a directory that another process owned when this one opened it. It works through the owner; when the
 * owner goes, through the next, or as the owner itself. Invariants: a send resolves only when an owner has it durable,
 * and is sent again where the owner went before it said so; a delivery that a lost owner made settles as `lost`.
 */
import { type Clock } from '../../kernel/index.js';
import type {
  Capabilities,
  Commit,
  CommitOutcome,
  Deliveries,
  Engine,
  EngineKind,
  EngineMessage,
  Messages,
  Grant,
  QueueSample,
  PeekLimits,
  ReceiveOptions,
  Replica,
  SendOptions,
  StoredMessage,
} from '../index.js';
import { PendingCalls } from './pending-calls.js';
import { SharedDeliveries } from './shared-deliveries.js';
import { sharedMessages } from './shared-messages.js';
import { SharedRecords } from './shared-records.js';
import { SharedTopology } from './shared-topology.js';
import type { Tenure } from './tenure.js';

export interface SharedEngineOptions {
  readonly directory: string;
  readonly clock: Clock;
  readonly tenure: Tenure;
  /** Whether the owner answers on its control socket. */
  readonly probe: () => Promise<boolean>;
  /** Ends the succession, and whichever engine there is. */
  readonly close: () => Promise<void>;
}

export class SharedEngine implements Engine {
  readonly address: string;
  readonly topology: SharedTopology;
  readonly records: SharedRecords;
  readonly messages: Messages;
  readonly #tenure: Tenure;
  readonly #pending: PendingCalls;
  readonly #closeAll: () => Promise<void>;
  #last: Engine;
  #end: Promise<void> | undefined;

  constructor({ directory, clock, tenure, probe, close }: SharedEngineOptions, first: Engine) {
    this.address = directory;
    this.#tenure = tenure;
    this.#last = first;
    this.#closeAll = close;
    this.#pending = new PendingCalls({ directory, clock, probe });
    const run = <Result>(work: (engine: Engine) => Promise<Result>): Promise<Result> => this.#run(work);
    this.topology = new SharedTopology((work) => run((engine) => work(engine.topology)));
    this.messages = sharedMessages((work) => run((engine) => work(engine.messages)));
    this.records = new SharedRecords({ run, once: (work) => this.#track(tenure.once(work)) });
  }

  /** The kind of what carries it now. */
  get kind(): EngineKind {
    return this.#now.kind;
  }

  get capabilities(): Capabilities {
    return this.#now.capabilities;
  }

  get #now(): Engine {
    return (this.#last = this.#tenure.current ?? this.#last);
  }

  send(queue: string, messages: readonly EngineMessage[], options?: SendOptions): Promise<void> {
    return this.#run((engine) => engine.send(queue, messages, options));
  }

  publish(
    exchange: string,
    routingKey: string,
    messages: readonly EngineMessage[],
    options?: SendOptions,
  ): Promise<{ readonly unroutable: number }> {
    return this.#run((engine) => engine.publish(exchange, routingKey, messages, options));
  }

  /** With a condition it is asked for once: see `SharedRecords`. */
  commit(commit: Commit): Promise<CommitOutcome> {
    const work = (engine: Engine): Promise<CommitOutcome> => engine.commit(commit);
    const isConditional = commit.puts.some(({ expected }) => expected !== undefined);
    return isConditional ? this.#track(this.#tenure.once(work)) : this.#run(work);
  }

  /** What goes with an engine is made again on the next. */
  async prepare(next: Engine): Promise<void> {
    await this.topology.restore(next);
    await this.records.restore(next);
  }

  async receive(queue: string, options: ReceiveOptions): Promise<Deliveries> {
    const deliveries = new SharedDeliveries(this.#tenure, queue, options);
    await deliveries.start();
    return deliveries;
  }

  peek(queue: string, count: number, limits?: PeekLimits): Promise<readonly StoredMessage[]> {
    return this.#run((engine) => engine.peek(queue, count, limits));
  }

  observe(queues?: readonly string[]): Promise<readonly QueueSample[]> {
    return this.#run((engine) => engine.observe(queues));
  }

  access(): Promise<readonly Grant[]> {
    return this.#run((engine) => engine.access());
  }

  replicas(): Promise<readonly Replica[]> {
    return this.#run((engine) => engine.replicas());
  }

  rewind(queue: string, to: Date): Promise<void> {
    return this.#run((engine) => engine.rewind(queue, to));
  }

  listOwn(): Promise<readonly string[]> {
    return this.#run((engine) => engine.listOwn());
  }

  clean(): Promise<readonly string[]> {
    return this.#run((engine) => engine.clean());
  }

  close(): Promise<void> {
    this.#pending.stop();
    this.#end ??= this.#closeAll();
    return this.#end;
  }

  #run<Result>(work: (engine: Engine) => Promise<Result>): Promise<Result> {
    // An engine of this process's own is the last one: nothing is lost with it that could be done again.
    const { current } = this.#tenure;
    return current?.kind === 'embedded' ? work(current) : this.#track(this.#tenure.run(work));
  }

  #track<Result>(call: Promise<Result>): Promise<Result> {
    // A call inside this process cannot be stopped without its caller.
    return this.#tenure.current?.kind === 'embedded' ? call : this.#pending.track(call);
  }
}
