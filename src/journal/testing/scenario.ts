/**
 * A small program over the journal for the crash tests: it puts and deletes notes, alone and in groups, takes
 * snapshots and compacts, and keeps a model beside it. After any stop the journal must give back a prefix of
 * the model that holds everything it reported durable, with every live body intact.
 */
import { FakeClock, SimulatedDisk, type Disk, type Random, type SluiceError } from '../../kernel/index.js';
import type { Journal, JournalOptions, RecordView, RecoveryReport } from '../contract.js';
import { openJournal } from '../open-journal.js';

export const directory = '/data';
export const putType = 1;
export const deleteType = 2;

/** A record as the program appended it. */
interface Appended {
  readonly sequence: number;
  readonly type: number;
  readonly id: number;
  readonly body: Buffer;
  /** True when later records belong to the same group. */
  readonly more: boolean;
}

interface Live {
  readonly segment: number;
  readonly offset: number;
  readonly body: Buffer;
}

/** What must be true and was not. */
export class Violation extends Error {}

function require(condition: boolean, what: string): asserts condition {
  if (!condition) throw new Violation(what);
}

/** What the outside world knows: it outlives every crash. */
export class Ledger {
  appended: Appended[] = [];
  durable = 0;
  nextId = 1;

  /** As it is now, apart from what a dead program still believes it does. */
  copy(): Ledger {
    const copy = new Ledger();
    copy.appended = [...this.appended];
    copy.durable = this.durable;
    copy.nextId = this.nextId;
    return copy;
  }

  /** Live bodies by id, as of `sequence`. */
  stateAt(sequence: number): Map<number, Buffer> {
    const state = new Map<number, Buffer>();
    for (const record of this.appended) {
      if (record.sequence > sequence) break;
      if (record.type === putType) state.set(record.id, record.body);
      else state.delete(record.id);
    }
    return state;
  }
}

export interface ScenarioOptions {
  readonly disk: Disk;
  readonly random: Random;
  readonly ledger: Ledger;
  readonly clock?: FakeClock;
  readonly journal?: Partial<JournalOptions>;
}

/** One life of the program, from open to a stop of some kind. */
export class Scenario {
  readonly #options: ScenarioOptions;
  readonly clock: FakeClock;
  readonly live = new Map<number, Live>();
  failure: SluiceError | undefined;
  segmentsRemoved = 0;
  segmentsRewritten = 0;
  journal!: Journal;

  constructor(options: ScenarioOptions) {
    this.#options = options;
    this.clock = options.clock ?? new FakeClock();
  }

  /** Opens, replays and compares with the ledger. */
  async open(): Promise<RecoveryReport> {
    const { disk, random, ledger } = this.#options;
    this.journal = await openJournal({
      ...smallJournal(disk, random),
      clock: this.clock,
      onFailure: (error) => {
        require(this.failure === undefined, 'a failure is reported once');
        this.failure = error;
      },
      ...this.#options.journal,
    });
    await this.#readSnapshot();
    const known = new Map(ledger.appended.map((record) => [record.sequence, record]));
    const report = await this.journal.replay((record) => {
      this.#apply(record, known.get(record.sequence));
    });
    this.#compare(report);
    this.journal.onDurable((sequence) => {
      ledger.durable = sequence;
    });
    return report;
  }

  put(bytes: number, more = false): void {
    const { random, ledger } = this.#options;
    const body = random.bytes(bytes);
    const id = ledger.nextId++;
    const at = this.journal.reserve(putType, 4 + bytes);
    this.journal.buffer.writeUInt32LE(id, at);
    body.copy(this.journal.buffer, at + 4);
    const sequence = this.journal.commit();
    const { segment, offset } = this.journal;
    this.live.set(id, { segment, offset, body });
    this.journal.retain(segment, 28 + bytes);
    ledger.appended.push({ sequence, type: putType, id, body, more });
  }

  delete(id: number, more = false): void {
    const gone = this.live.get(id)!;
    const at = this.journal.reserve(deleteType, 4);
    this.journal.buffer.writeUInt32LE(id, at);
    const sequence = this.journal.commit();
    this.live.delete(id);
    this.journal.release(gone.segment, 28 + gone.body.length);
    this.#options.ledger.appended.push({ sequence, type: deleteType, id, body: Buffer.alloc(0), more });
  }

  group(run: () => void): void {
    this.journal.beginGroup();
    run();
    this.journal.endGroup();
  }

  async snapshot(): Promise<void> {
    const writer = this.journal.beginSnapshot();
    const entries = [...this.live];
    try {
      for (const [id, live] of entries) {
        const chunk = Buffer.alloc(12 + live.body.length);
        chunk.writeUInt32LE(id, 0);
        chunk.writeUInt32LE(live.segment, 4);
        chunk.writeUInt32LE(live.offset, 8);
        live.body.copy(chunk, 12);
        await writer.write(chunk);
      }
      await writer.commit(Buffer.from(`${entries.length} live`));
    } catch (error) {
      await writer.abort();
      throw error;
    }
  }

  async compact(): Promise<void> {
    const { removed, rewritten } = await this.journal.compact((segment) => this.#liveOffsets(segment));
    this.segmentsRemoved += removed.length;
    this.segmentsRewritten += rewritten.length;
  }

  #liveOffsets(segment: number): Uint32Array {
    const offsets = [...this.live.values()]
      .filter((live) => live.segment === segment)
      .map((live) => live.offset);
    return Uint32Array.from(offsets).sort();
  }

  /** Every live body, read through `peek` or `load`. */
  async checkBodies(): Promise<void> {
    for (const [id, live] of this.live) {
      const { segment, offset } = live;
      let view = this.journal.peek(segment, offset);
      if (view === undefined) {
        await this.load(segment, offset);
        view = this.journal.peek(segment, offset);
      }
      require(view?.type === putType, `the body of ${id} is readable`);
      const { buffer, start, end } = view;
      require(buffer.readUInt32LE(start) === id, `the body of ${id} is its own`);
      require(buffer.subarray(start + 4, end).equals(live.body), `the body of ${id} is intact`);
    }
  }

  load(segment: number, offset: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.journal.load(segment, offset, (error) => {
        if (error === undefined) resolve();
        else reject(error);
      });
    });
  }

  /** Random work with everything the journal offers. */
  async work(steps: number): Promise<void> {
    const { random } = this.#options;
    for (let step = 0; step < steps; step++) {
      const roll = random.integer(100);
      if (roll < 45) this.put(random.integer(1500));
      else if (roll < 55) this.put(5000 + random.integer(6000));
      else if (roll < 80) this.#deleteSome(1 + random.integer(6));
      else if (roll < 88) this.#randomGroup();
      else if (roll < 91) await this.snapshot();
      else if (roll < 94) await this.compact();
      else this.clock.advance(random.integer(80));
      if (random.integer(3) === 0) await this.journal.sync();
      else await new Promise(setImmediate);
    }
    await this.journal.sync();
  }

  /** Mostly old notes; every 25th stays for ever, so that old segments become sparse. */
  #deleteSome(count: number): void {
    const mortal = [...this.live.keys()].filter((id) => id % 25 !== 0);
    for (const id of mortal.slice(0, count)) this.delete(id);
  }

  #randomGroup(): void {
    const { random } = this.#options;
    const count = 1 + random.integer(5);
    this.group(() => {
      for (let n = 0; n < count; n++) {
        const oldest = [...this.live.keys()].find((id) => id % 25 !== 0);
        if (oldest !== undefined && random.integer(3) === 0) this.delete(oldest, n + 1 < count);
        else this.put(random.integer(4000), n + 1 < count);
      }
    });
  }

  async #readSnapshot(): Promise<void> {
    const { snapshot } = this.journal;
    if (snapshot === undefined) return;
    for await (const chunk of snapshot.read()) {
      const bytes = Buffer.from(chunk);
      const segment = bytes.readUInt32LE(4);
      const body = bytes.subarray(12);
      this.live.set(bytes.readUInt32LE(0), { segment, offset: bytes.readUInt32LE(8), body });
      this.journal.retain(segment, 28 + body.length);
    }
    require(Buffer.from(snapshot.state).toString() === `${this.live.size} live`, 'the snapshot is whole');
  }

  #apply(record: RecordView, known: Appended | undefined): void {
    require(known?.type === record.type, `record ${record.sequence} was appended`);
    const { segment, offset, buffer, start, end } = record;
    const id = buffer.readUInt32LE(start);
    require(known.id === id, `record ${record.sequence} is about ${id}`);
    if (record.type === deleteType) {
      const gone = this.live.get(id);
      require(gone !== undefined, `${id} is deleted once`);
      this.live.delete(id);
      this.journal.release(gone.segment, 28 + gone.body.length);
      return;
    }
    require(known.body.equals(buffer.subarray(start + 4, end)), `record ${record.sequence} is intact`);
    this.live.set(id, { segment, offset, body: known.body });
    this.journal.retain(segment, 28 + known.body.length);
  }

  #compare(report: RecoveryReport): void {
    const { ledger } = this.#options;
    const { lastSequence } = report;
    require(lastSequence >= ledger.durable, `durable ${ledger.durable} survives, not only ${lastSequence}`);
    ledger.appended = ledger.appended.filter((record) => record.sequence <= lastSequence);
    require(ledger.appended.at(-1)?.more !== true, 'a group is kept or cut as a whole');
    const expected = ledger.stateAt(lastSequence);
    require(expected.size === this.live.size, `${expected.size} notes are alive, not ${this.live.size}`);
    for (const [id, body] of expected) {
      require(this.live.get(id)?.body.equals(body) === true, `note ${id} is alive and intact`);
    }
    ledger.durable = lastSequence;
  }
}

/** A journal with small segments and caches, so that little work reaches every path. */
export function smallJournal(disk: Disk, random: Random): JournalOptions {
  return {
    directory,
    disk,
    clock: new FakeClock(),
    random,
    segmentBytes: 64 * 1024,
    segmentBytesFirst: 16 * 1024,
    tailCacheBytes: 32 * 1024,
    blockCacheBytes: 1024 * 1024,
    freeBytesMin: 0,
    reserveBytes: 8 * 1024,
    recycledSegmentsMax: 2,
    onFailure: (error) => {
      throw error;
    },
  };
}

/** A disk that holds one segment with these bytes, durably. */
export async function diskWithSegment(segment: Uint8Array, random: Random): Promise<SimulatedDisk> {
  const disk = new SimulatedDisk({ random });
  await disk.makeDirectory(`${directory}/segments`);
  const file = await disk.open(`${directory}/segments/0000000001.journal`, 'create');
  await file.write([segment], 0);
  await file.sync();
  await file.close();
  await disk.syncDirectory(`${directory}/segments`);
  return disk;
}

/** Opens the journal again after a stop, checks everything, works a little, stops cleanly, checks again. */
export async function verifyAfterStop(options: ScenarioOptions): Promise<RecoveryReport> {
  const again = new Scenario(options);
  const report = await again.open();
  await again.checkBodies();
  await again.work(6);
  await again.journal.close();
  require(again.failure === undefined, 'nothing fails on a healthy disk');
  const last = new Scenario(options);
  const clean = await last.open();
  require(clean.cleanStop, 'a closed journal was stopped cleanly');
  await last.checkBodies();
  await last.journal.close();
  return report;
}

/** Runs `work` until it ends or the disk stops under it; gives the ledger as it was then. */
export async function untilStopped(
  disk: SimulatedDisk,
  ledger: Ledger,
  work: () => Promise<unknown>,
): Promise<{ readonly ledger: Ledger; readonly ended: boolean }> {
  return Promise.race([
    disk.stopped.then(() => ({ ledger: ledger.copy(), ended: false })),
    work().then(() => ({ ledger, ended: true })),
  ]);
}
