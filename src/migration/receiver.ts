/**
 * Puts jobs into an engine, each once. Invariant: what is sent and the note that it was brought are one step, so a
 * migration that was interrupted, or is run again, brings what is missing and nothing twice.
 */
import {
  deadLetterQueueOf,
  requireCapability,
  type EngineMessage,
  type RecordPut,
} from '../engines/index.js';
import { SluiceError } from '../kernel/index.js';
import { ownQueueOf, ownQueueOn, type TaskApp } from '../tasks/index.js';
import { JobIdentities } from './job-identities.js';

/** Something to bring: a message, a record, or both. */
export interface Parcel {
  readonly identity: Buffer;
  readonly send: { readonly queue: string; readonly message: EngineMessage } | undefined;
  readonly put: RecordPut | undefined;
}

/** Where they go; a trial writes nothing, and compares with the engine if there is one. */
export type Target =
  | { readonly kind: 'engine'; readonly app: TaskApp }
  | { readonly kind: 'trial'; readonly app: TaskApp | undefined };

/** Jobs and bytes that go in one step. */
const stepParcels = 500;
const stepBytes = 4 * 1024 * 1024;
/** For so long a job is known to have been brought; 90 days. */
const noteMs = 90 * 86_400_000;

/** The jobs of one queue on their way. */
export class QueueReceiver {
  readonly #target: Target;
  readonly #prefix: string;
  readonly #known = new JobIdentities();
  #notes = 0;

  private constructor(target: Target, prefix: string) {
    this.#target = target;
    this.#prefix = prefix;
  }

  /**
   * `name` tells the source queue from all others. Rejects with `unsupported` for an engine that keeps no records.
   */
  static async open(target: Target, name: string): Promise<QueueReceiver> {
    const receiver = new QueueReceiver(target, `migrated/${name}/`);
    if (target.app === undefined) return receiver;
    const { engine } = target.app;
    requireCapability(engine, 'records');
    for (const { key, value } of await engine.records.scan(receiver.#prefix)) {
      receiver.#known.addAll(value);
      receiver.#notes = Math.max(receiver.#notes, Number(key.slice(receiver.#prefix.length)) + 1);
    }
    return receiver;
  }

  /** Whether it was brought before. */
  has({ identity }: Pick<Parcel, 'identity'>): boolean {
    return this.#known.has(identity);
  }

  /** Brings parcels that were not brought before, in order. */
  async bring(parcels: readonly Parcel[]): Promise<void> {
    let step: Parcel[] = [];
    let bytes = 0;
    for (const parcel of parcels) {
      const size = parcel.send?.message.body.length ?? 0;
      if (step.length === stepParcels || (step.length > 0 && bytes + size > stepBytes)) {
        await this.#commit(step);
        [step, bytes] = [[], 0];
      }
      step.push(parcel);
      bytes += size;
    }
    if (step.length > 0) await this.#commit(step);
  }

  async #commit(parcels: readonly Parcel[]): Promise<void> {
    const identities = Buffer.concat(parcels.map(({ identity }) => identity));
    if (this.#target.kind === 'engine') await this.#write(this.#target.app, parcels, identities);
    this.#known.addAll(identities);
  }

  async #write(app: TaskApp, parcels: readonly Parcel[], identities: Buffer): Promise<void> {
    const key = `${this.#prefix}${this.#notes++}`;
    const note: RecordPut = { key, value: identities, expected: 'absent', ttlMs: noteMs };
    const outcome = await app.engine.commit({
      sends: parcels.flatMap(({ send }) => (send === undefined ? [] : [send])),
      puts: [note, ...parcels.flatMap(({ put }) => (put === undefined ? [] : [put]))],
    });
    if (outcome.kind === 'conflict')
      throw new SluiceError(
        'in-use',
        'another migration of this queue is at work: run again when it has ended',
      );
  }
}

/** Makes the queues of tasks, as a task without options has them; one that is there stays as it is. */
export class TaskQueues {
  readonly #target: Target;
  readonly #known = new Map<string, Promise<boolean>>();

  constructor(target: Target) {
    this.#target = target;
  }

  /** Whether the queue was not there. */
  async require(task: string, queue: string): Promise<boolean> {
    let making = this.#known.get(queue);
    if (making === undefined) {
      making = this.#make(task, queue);
      this.#known.set(queue, making);
    }
    return making;
  }

  async #make(task: string, queue: string): Promise<boolean> {
    const { kind, app } = this.#target;
    const isThere = (await app?.engine.topology.describeQueue(queue)) !== undefined;
    if (kind === 'trial') return !isThere;
    const { capabilities, topology } = app.engine;
    if (!isThere) await app.queue(queue, ownQueueOn(capabilities, ownQueueOf(task, {}))).declare();
    await topology.declareQueue(deadLetterQueueOf(queue));
    return !isThere;
  }
}
