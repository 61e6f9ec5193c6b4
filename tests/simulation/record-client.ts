/**
 * What one client does to records, on its channel: each answer is held against what the model foresees, and counts as
 * told once the wire lets it through. In a transaction changes are collected, and made with its commit.
 */
import type { BrokerChannel, RecordPut } from '../../src/broker/index.js';
import { bodyOf } from './message-body.js';
import type { World } from './world.js';
import type { RecordModel, RecordStep } from './record-model.js';
import { RecordWatch } from './record-watch.js';
import type { Wire } from './wire.js';

export class RecordClient {
  readonly #world: World;
  readonly #channel: BrokerChannel;
  readonly #wire: Wire;
  readonly #watches = new Map<RecordWatch, () => void>();
  /** Changes of the open transaction; undefined: there is none. */
  #pending: RecordStep[] | undefined;

  constructor(world: World, channel: BrokerChannel, wire: Wire, isTransactional: boolean) {
    this.#world = world;
    this.#channel = channel;
    this.#wire = wire;
    this.#pending = isTransactional ? [] : undefined;
  }

  get #model(): RecordModel {
    return this.#world.ledger.records;
  }

  /** A change of a record, as the model names it. */
  stepOf(put: RecordPut): RecordStep {
    return {
      key: put.key,
      expected: put.expected,
      put: { value: put.value.readUInt32LE(0), ttlMs: put.ttlMs },
    };
  }

  /** A put with a value of its own. */
  newPut(key: string, bytes: number, expected: RecordPut['expected'], ttlMs: number | undefined): RecordPut {
    return { key, value: bodyOf(this.#model.nextValue++, bytes), expected, ttlMs };
  }

  put(put: RecordPut): void {
    const step = this.stepOf(put);
    const nowMs = this.#world.clock.now();
    const conflict = this.#model.conflictIn([step], nowMs);
    const outcome = this.#channel.records.put(put);
    if (outcome.kind === 'deferred') this.#pending!.push(step);
    else this.#answered(step, conflict, outcome);
  }

  delete(step: RecordStep): void {
    const nowMs = this.#world.clock.now();
    const conflict = this.#model.conflictIn([step], nowMs);
    const outcome = this.#channel.records.delete(step);
    if (outcome.kind === 'deferred') this.#pending!.push(step);
    else if (outcome.kind !== 'absent') this.#answered(step, conflict, outcome);
    else this.#absent(step, conflict, outcome.sequence);
  }

  #absent(step: RecordStep, conflict: RecordStep | undefined, sequence: number): void {
    const { ledger, clock } = this.#world;
    if (conflict !== undefined || this.#model.live(step.key, clock.now()) !== undefined)
      ledger.report(`record ${step.key}: not found for its deletion`);
    this.#tellAt(sequence);
  }

  /** The broker's answer to a change, beside what was foreseen. */
  #answered(
    step: RecordStep,
    foreseen: RecordStep | undefined,
    outcome: { readonly kind: 'written' | 'conflict'; readonly version: number | undefined },
  ): void {
    const { ledger, clock } = this.#world;
    const nowMs = clock.now();
    if ((outcome.kind === 'conflict') !== (foreseen !== undefined)) {
      ledger.report(
        `record ${step.key}: ${outcome.kind} against what was expected (${String(step.expected)})`,
      );
      return;
    }
    if (outcome.kind === 'written') {
      this.#model.wrote(step, outcome.version!, nowMs);
      this.#tellAt(outcome.version!);
      return;
    }
    const live = this.#model.live(step.key, nowMs);
    if ((live?.version ?? outcome.version) !== outcome.version || (live === undefined && outcome.version))
      ledger.report(`record ${step.key}: a conflict names version ${String(outcome.version)}`);
  }

  #tellAt(sequence: number): void {
    this.#wire.when(sequence, () => {
      this.#model.told(sequence);
    });
  }

  /** Acknowledges a delivery and puts a record, in one step; tells what became of it. */
  complete(tag: number, put: RecordPut): ReturnType<BrokerChannel['complete']> {
    const step = this.stepOf(put);
    const conflict = this.#model.conflictIn([step], this.#world.clock.now());
    const outcome = this.#channel.complete(tag, put);
    if (outcome.kind === 'deferred') this.#pending!.push(step);
    else if (outcome.kind !== 'lost') this.#answered(step, conflict, outcome);
    return outcome;
  }

  /** From now on changes are part of one step. */
  beginStep(): void {
    this.#pending = [];
  }

  endStep(): void {
    this.#pending = undefined;
  }

  get(key: string): void {
    const { ledger, clock, process } = this.#world;
    this.#channel.records.get(key, (answer) => {
      if (process.hasEnded) return;
      if (answer.kind === 'failed') {
        ledger.report(`record ${key}: ${answer.message}`);
        return;
      }
      this.#model.check(key, answer.kind === 'found' ? answer.entry : undefined, clock.now());
      this.#tellAt(answer.sequence);
    });
  }

  watch(prefix: string): void {
    const { ledger, clock, process, broker } = this.#world;
    const watch = new RecordWatch(ledger, prefix);
    this.#model.listeners.add(watch);
    const stop = this.#channel.records.watch(prefix, (event) => {
      if (process.hasEnded) return;
      if (this.#watches.has(watch)) watch.told(event, broker.durableSequence, clock.now());
      else ledger.report(`a watch of '${prefix}' was told after its end`);
    });
    this.#watches.set(watch, stop);
  }

  get watchCount(): number {
    return this.#watches.size;
  }

  /** Ends the watch that began first. */
  endWatch(): void {
    for (const [watch, stop] of this.#watches) {
      this.#model.listeners.delete(watch);
      this.#watches.delete(watch);
      stop();
      return;
    }
  }

  atRest(): void {
    for (const watch of this.#watches.keys()) watch.atRest(this.#world.broker.durableSequence);
  }

  /** Whether the open transaction cannot be committed now. */
  get willConflict(): boolean {
    return this.#model.conflictIn(this.#pending ?? [], this.#world.clock.now()) !== undefined;
  }

  /** The open transaction has become what stands between two sequences. */
  committed(after: number, until: number): void {
    this.#model.committed(this.#pending!, after, until, this.#world.clock.now());
    if (this.#pending!.length > 0) this.#tellAt(until);
    this.#pending = [];
  }

  rolledBack(): void {
    if (this.#pending !== undefined) this.#pending = [];
  }

  /** The channel ends, and its watches with it. */
  close(): void {
    for (const watch of this.#watches.keys()) this.#model.listeners.delete(watch);
    this.#watches.clear();
  }
}
