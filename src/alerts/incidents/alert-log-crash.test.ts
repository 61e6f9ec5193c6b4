/** Crashes and failures at every operation of a life of the log of alerts, its recovery too; what was flushed stays. */
import { describe, expect, it } from 'vitest';
import { seededRandom, SimulatedDisk, SluiceError, type Disk, type DiskFile } from '../../kernel/index.js';
import { AlertLog, logName } from './alert-log.js';
import type { AlertRecord } from './alert-record.js';
import { AlertState } from './alert-state.js';

const seed = Number(process.env['SLUICE_SEED'] ?? 11);
const directory = '/data/alerts';
type Wrap = (disk: SimulatedDisk) => Disk;
const asItIs: Wrap = (disk) => disk;

/** What the outside world knows; it outlives every crash. */
class Ledger {
  readonly appended: AlertRecord[] = [];
  flushed = 0;
  isStopped = false;

  stateAt(count: number): string {
    const state = new AlertState();
    for (const record of this.appended.slice(0, count)) state.apply(record);
    return JSON.stringify([...state.records()]);
  }
}

/** One process over the log. */
class Life {
  readonly state = new AlertState();
  readonly problems: string[] = [];
  readonly #ledger: Ledger;
  #log: AlertLog | undefined;

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  async open(disk: Disk): Promise<void> {
    const { log, records } = await AlertLog.open({
      ...{ disk, directory, rewriteBytesMin: 24_000, whole: () => this.state.records() },
      onProblem: (problem) => this.problems.push(problem),
    });
    for (const record of records) this.state.apply(record);
    this.#log = log;
  }

  append(record: AlertRecord): void {
    // A process that is gone appends nothing.
    if (this.#ledger.isStopped) return;
    this.state.apply(record);
    this.#ledger.appended.push(record);
    this.#log!.append(record);
  }

  async flush(): Promise<void> {
    const count = this.#ledger.appended.length;
    await this.#log!.flush();
    if (!this.#ledger.isStopped) this.#ledger.flushed = count;
  }

  close(): Promise<void> {
    return this.#log!.close();
  }
}

/** Comments of very different lengths, some of them over several pages, now and then flushed. */
async function work(life: Life, first: number, count: number, isFlushed = true): Promise<void> {
  const random = seededRandom(seed + first);
  for (let at = first; at < first + count; at++) {
    const text = `${at} `.padEnd(random.integer(10) === 0 ? 9_000 : 40, 'x');
    life.append({ type: 'rule', name: `r${at % 7}`, definition: { text } });
    if (isFlushed && random.integer(3) === 0) await life.flush();
  }
  if (isFlushed) await life.flush();
}

async function wholeLife(disk: Disk, ledger: Ledger): Promise<void> {
  const first = new Life(ledger);
  await first.open(disk);
  await work(first, 0, 12);
  await first.close();
  const second = new Life(ledger);
  await second.open(disk);
  await work(second, 12, 30);
  await second.close();
}

/** What is found must be everything up to some record, and no less than what was flushed. */
async function verify(disk: Disk, ledger: Ledger): Promise<void> {
  const life = new Life(ledger);
  await life.open(disk);
  const found = JSON.stringify([...life.state.records()]);
  for (let count = ledger.flushed; count <= ledger.appended.length; count++)
    if (ledger.stateAt(count) === found) return;
  throw new SluiceError('internal', `what is found is no state after ${ledger.flushed} flushed records`);
}

/** False: the life ended before the crash could come. */
async function crashAt(nth: number, wrap = asItIs, salt = 0): Promise<boolean> {
  const disk = new SimulatedDisk({ random: seededRandom(seed * 1_009 + nth + salt * 100_003) });
  const ledger = new Ledger();
  disk.crashAt({ nth });
  const ended = await Promise.race([
    wholeLife(wrap(disk), ledger).then(() => true),
    disk.stopped.then(() => false),
  ]);
  ledger.isStopped = true;
  const after = disk.crash();
  // The recovery is crashed into as well, and tried again.
  const recovery = new Life(ledger);
  after.crashAt({ nth: 1 + (nth % 7) });
  await Promise.race([recovery.open(wrap(after)), after.stopped]);
  await verify(after.crash(), ledger);
  return !ended;
}

async function crashEverywhere(wrap = asItIs, salts = 1): Promise<number> {
  let nth = 1;
  for (let salt = 0; salt < salts; salt++)
    for (nth = 1; await crashAt(nth, wrap, salt); nth++) if (nth > 1_000) break;
  return nth;
}

describe('the log of alerts', () => {
  it('loses nothing that was flushed by a crash at any operation, and finds no hole', async () => {
    expect(await crashEverywhere(asItIs, 6)).toBeGreaterThan(60);
  }, 60_000);

  it('trusts nothing of a killed process that a later loss of power takes away', async () => {
    for (let round = 0; round < 40; round++) {
      const disk = new SimulatedDisk({ random: seededRandom(seed * 31 + round) });
      const first = new Life(new Ledger());
      let written: () => void = () => undefined;
      const isWritten = new Promise<void>((resolve) => (written = resolve));
      const sync = (): Promise<void> => {
        written();
        return new Promise(() => undefined);
      };
      await first.open(withFiles(disk, { sync }));
      // Written, and killed before the sync: it is there to be read, and to be lost.
      await work(first, 0, 1 + (round % 5), false);
      await isWritten;
      const kept = disk.kill();
      const second = new Life(new Ledger());
      await second.open(kept);
      const trusted = JSON.stringify([...second.state.records()]);
      expect(second.state.rules.size).toBeGreaterThan(0);
      const last = new Life(new Ledger());
      await last.open(kept.crash(0));
      expect(JSON.stringify([...last.state.records()]), `round ${round}`).toBe(trusted);
    }
  }, 30_000);

  it('goes on after any single failure, wherever it hits, and is whole in the end', async () => {
    for (const kind of [
      'open',
      'create',
      'write',
      'sync',
      'rename',
      'sync-directory',
      'truncate',
      'unlink',
    ] as const) {
      for (let nth = 1; nth <= 12; nth++) {
        const disk = new SimulatedDisk({ random: seededRandom(seed + nth) });
        const ledger = new Ledger();
        const life = new Life(ledger);
        await life.open(disk);
        disk.failAt({ kind, nth, code: 'EIO' });
        for (let part = 0; part < 12; part++) {
          await work(life, part * 4, 4, false);
          await life.flush().catch(() => undefined);
        }
        await life.flush();
        await verify(disk.crash(0), ledger);
        expect(ledger.flushed, `${kind} ${nth}`).toBe(ledger.appended.length);
      }
    }
  }, 60_000);

  it('says so where it cannot write, and has lost nothing once it can', async () => {
    const disk = new SimulatedDisk({ random: seededRandom(seed) });
    const ledger = new Ledger();
    const life = new Life(ledger);
    await life.open(disk);
    await work(life, 0, 3);
    disk.failAt({ kind: 'write', nth: 1, code: 'ENOSPC', forGood: true });
    await work(life, 3, 3, false);
    await expect(life.flush()).rejects.toMatchObject({ code: 'disk-failed' });
    expect(life.problems.join()).toContain('could not be written');
    disk.heal();
    await life.flush();
    await verify(disk.crash(0), ledger);
  });

  it('leaves out what decayed below what was durable, keeps what follows, and sets the whole aside', async () => {
    const disk = new SimulatedDisk({ random: seededRandom(seed) });
    const ledger = new Ledger();
    const life = new Life(ledger);
    await life.open(disk);
    await work(life, 0, 6);
    await life.close();
    const path = `${directory}/${logName}`;
    const before = disk.contentOf(path);
    disk.flipBit(path, before.indexOf('"0 x'), 1);
    const opened = await AlertLog.open({ disk, directory, whole: () => [], onProblem: () => undefined });
    expect({ damaged: opened.damagedLines, cut: opened.cutBytes }).toEqual({ damaged: 1, cut: 0 });
    expect(opened.records).toEqual(ledger.appended.slice(1));
    expect(await disk.list(directory)).toContain(`${logName}.damaged`);
    const again = await AlertLog.open({ disk, directory, whole: () => [], onProblem: () => undefined });
    expect(again.damagedLines).toBe(0);
  });

  it.each<[string, Wrap]>([
    ['does not sync what it writes', (disk) => withFiles(disk, { sync: () => Promise.resolve() })],
    ['does not sync names', (disk) => replacing<Disk>(disk, { syncDirectory: () => Promise.resolve() })],
  ])(
    'is caught where it %s: the negative control',
    async (_, wrap) => {
      await expect(crashEverywhere(wrap, 6)).rejects.toThrow();
    },
    60_000,
  );
});

/** The same disk, with some operations of its files replaced once there is a log. */
function withFiles(disk: SimulatedDisk, replaced: Partial<DiskFile>): Disk {
  return replacing<Disk>(disk, {
    open: async (path, mode) => {
      const file = await disk.open(path, mode);
      return mode === 'read-write' ? replacing(file, replaced) : file;
    },
  });
}

/** The same, with some of its operations replaced. */
function replacing<T extends object>(given: T, replaced: Partial<T>): T {
  return new Proxy(given, {
    get: (target, name) => {
      const value: unknown = Reflect.get(Object.hasOwn(replaced, name) ? replaced : target, name);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}
