/**
 * Measures the journal alone: bandwidth at 1 KiB records against bare writes of the same batches, records a
 * second at 128 bytes, the latency of a lone record against a write and sync pair, and replay. The runs of
 * both sides are interleaved and the median of their ratios is told. Needs `npm run build` first.
 *
 * Usage: node bench/journal/run.mjs [--directory DIR] [--rounds N] [--mebibytes N]
 */
import * as fs from 'node:fs/promises';
import * as os from 'node:os';
import * as path from 'node:path';
import { parseArgs } from 'node:util';
import { openJournal } from '../../dist/journal/index.js';
import { systemClock, systemDisk } from '../../dist/kernel/index.js';

const { values: flags } = parseArgs({
  options: {
    directory: { type: 'string', default: os.tmpdir() },
    rounds: { type: 'string', default: '9' },
    mebibytes: { type: 'string', default: '192' },
  },
});
const rounds = Number(flags.rounds);
const totalBytes = Number(flags.mebibytes) * 1024 * 1024;
const home = await fs.mkdtemp(path.join(flags.directory, 'sluice-bench-'));
const disk = systemDisk();
const clock = systemClock();

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
const turn = () => new Promise((resolve) => setImmediate(resolve));

async function freshJournal(options = {}) {
  const directory = path.join(home, 'journal');
  await fs.rm(directory, { recursive: true, force: true });
  const journal = await openJournal({
    directory,
    disk,
    clock,
    onFailure: (error) => {
      throw error;
    },
    ...options,
  });
  await journal.replay(() => undefined);
  return journal;
}

/** Appends `count` records as fast as the journal takes them, a hundred a turn. */
async function appendAll(journal, count, payload) {
  let resume;
  journal.onPressure((pressure) => {
    if (!pressure) resume?.();
  });
  for (let done = 0; done < count;) {
    for (let n = 0; n < 100 && done < count; n++, done++) {
      const at = journal.reserve(1, payload.length);
      journal.buffer.set(payload, at);
      journal.commit();
    }
    if (journal.pressure) await new Promise((resolve) => (resume = resolve));
    else await turn();
  }
  await journal.sync();
}

/** Appends `bytes` to a new journal, or to one whose segments have all been written and have died before. */
async function journalRun(payloadBytes, bytes, recycled = false) {
  const options = recycled ? { recycledSegmentsMax: 1000, segmentBytesFirst: 64 * 1024 * 1024 } : {};
  const journal = await freshJournal(options);
  const payload = Buffer.alloc(payloadBytes, 7);
  const count = Math.floor(bytes / payloadBytes);
  if (recycled) await liveAndDie(journal, count, payload);
  const before = journal.stats();
  const startedAt = performance.now();
  const cpuAt = process.cpuUsage();
  await appendAll(journal, count, payload);
  const seconds = (performance.now() - startedAt) / 1000;
  const cpu = process.cpuUsage(cpuAt);
  const stats = journal.stats();
  await journal.close();
  return {
    recordsPerSecond: count / seconds,
    bytesPerSecond: (stats.appendedBytes - before.appendedBytes) / seconds,
    batchBytes: stats.batchBytes,
    cpuMicroseconds: (cpu.user + cpu.system) / count,
  };
}

/** Fills segments with records that nothing refers to, and has them recycled. */
async function liveAndDie(journal, count, payload) {
  await appendAll(journal, count * 2, payload);
  for (let n = 0; n < 2; n++) {
    await appendAll(journal, 1, payload);
    const writer = journal.beginSnapshot();
    await writer.write(Buffer.from('nothing'));
    await writer.commit(Buffer.from('bench'));
  }
  await journal.compact(() => new Uint32Array());
}

/** Bare sequential writes with one fdatasync each, into files of 64 MiB that grow or were written before. */
async function bareRun(batchBytes, bytes, filledBefore) {
  const fileBytes = 64 * 1024 * 1024;
  const batch = Buffer.alloc(batchBytes, 7);
  const names = [];
  for (let n = 0; n * fileBytes < bytes; n++) names.push(path.join(home, `bare-${n}`));
  if (filledBefore) {
    for (const name of names) {
      const file = await fs.open(name, 'w');
      for (let at = 0; at < fileBytes; at += 1024 * 1024)
        await file.write(Buffer.alloc(1024 * 1024), 0, 1024 * 1024, at);
      await file.sync();
      await file.close();
    }
  }
  let written = 0;
  const startedAt = performance.now();
  for (const name of names) {
    const file = await fs.open(name, filledBefore ? 'r+' : 'w');
    for (let at = 0; at + batchBytes <= fileBytes; at += batchBytes) {
      await file.write(batch, 0, batchBytes, at);
      await file.datasync();
      written += batchBytes;
    }
    await file.close();
  }
  const seconds = (performance.now() - startedAt) / 1000;
  for (const name of names) await fs.unlink(name);
  return written / seconds;
}

/** Runs a pair in turn, so that both see the same machine, and tells the median of the ratios. */
async function compare(what, recycled) {
  const ours = [];
  const bare = [];
  let last;
  for (let round = 0; round <= rounds; round++) {
    const run = await journalRun(1024, totalBytes, recycled);
    const batchBytes = Math.max(4096, Math.round(run.batchBytes.mean / 4096) * 4096);
    const bytesPerSecond = await bareRun(batchBytes, totalBytes, recycled);
    if (round === 0) continue; // warm-up
    last = run;
    ours.push(run.bytesPerSecond);
    bare.push(bytesPerSecond);
  }
  const megabytes = (values) => `${(median(values) / 1e6).toFixed(0)} MB/s`;
  const ratios = ours.map((value, index) => value / bare[index]);
  console.log(
    `1 KiB records, ${what}: ${megabytes(ours)}, bare ${megabytes(bare)}, ratio ${median(ratios).toFixed(2)} ` +
      `(${ratios.map((ratio) => ratio.toFixed(2)).join(' ')}); ` +
      `mean batch ${(last.batchBytes.mean / 1024).toFixed(0)} KiB, processor ${last.cpuMicroseconds.toFixed(2)} us a record`,
  );
}

async function smallRecords() {
  const runs = [];
  for (let round = 0; round <= rounds; round++) {
    const run = await journalRun(128, totalBytes / 2);
    if (round > 0) runs.push(run);
  }
  console.log(
    `128-byte records: ${median(runs.map((run) => run.recordsPerSecond)).toFixed(0)}/s (${runs.map((run) => run.recordsPerSecond.toFixed(0)).join(' ')}), processor ${median(runs.map((run) => run.cpuMicroseconds)).toFixed(2)} us a record`,
  );
}

async function lonely() {
  const journal = await freshJournal();
  const payload = Buffer.alloc(1024, 7);
  const name = path.join(home, 'lone');
  const file = await fs.open(name, 'w+');
  await file.write(Buffer.alloc(8 * 1024 * 1024), 0);
  await file.sync();
  const ours = [];
  const bare = [];
  let resolve;
  journal.onDurable(() => resolve?.());
  const raw = file.fd;
  const { write, fdatasync } = await import('node:fs');
  for (let n = 0; n < 3000; n++) {
    const startedAt = performance.now();
    const durable = new Promise((done) => (resolve = done));
    const at = journal.reserve(1, payload.length);
    journal.buffer.set(payload, at);
    journal.commit();
    await durable;
    ours.push(performance.now() - startedAt);
    const bareAt = performance.now();
    await new Promise((done) => write(raw, payload, 0, 1024, n * 1024, () => fdatasync(raw, done)));
    bare.push(performance.now() - bareAt);
  }
  await journal.close();
  await file.close();
  const [mine, theirs] = [ours.slice(500), bare.slice(500)].map((values) => median(values));
  console.log(
    `lone 1 KiB record durable: ${mine.toFixed(3)} ms median, write + fdatasync ${theirs.toFixed(3)} ms, ratio ${(mine / theirs).toFixed(2)}`,
  );
}

async function replaying() {
  const journal = await freshJournal();
  await appendAll(journal, 1_000_000, Buffer.alloc(128, 7));
  await journal.close();
  const again = await openJournal({
    directory: path.join(home, 'journal'),
    disk,
    clock,
    onFailure: () => undefined,
  });
  let sum = 0;
  const report = await again.replay((record) => {
    sum += record.buffer[record.start];
  });
  console.log(
    `replay: ${report.records} records of 128 bytes in ${report.durationMs.toFixed(0)} ms, ${((report.records / report.durationMs) * 1000).toFixed(0)}/s (sum ${sum})`,
  );
  await again.close();
}

try {
  const { model } = os.cpus()[0];
  console.log(
    `Node ${process.version}, ${os.cpus().length} x ${model}, ${rounds} rounds of ${flags.mebibytes} MiB in ${flags.directory}`,
  );
  await compare('growing files', false);
  await compare('files written before', true);
  await smallRecords();
  await lonely();
  await replaying();
} finally {
  await fs.rm(home, { recursive: true, force: true });
}
