/**
 * The snapshots of a journal: the newest and the one before it. A snapshot exists from the moment its
 * manifest is durable; it is verified by reading it back before an older one is removed.
 */
import { join } from 'node:path';
import { assert, SluiceError, systemCodeOf, type Disk, type DiskFile } from '../kernel/index.js';
import type { JournalLog, JournalSnapshot, SnapshotWriter } from './contract.js';
import { diskError } from './disk-errors.js';
import { snapshotPath, snapshotSequenceOf, type DirectoryLayout } from './directory-layout.js';
import { newerFormat } from './segment-catalog.js';
import { formatVersion } from './segment-header.js';
import { readChunks, StateFileWriter, stateFileName, verifyFile } from './snapshot-file.js';
import { decodeManifest, encodeManifest, type SnapshotManifest } from './snapshot-manifest.js';
import { unlinkIfPresent, writeWholeFile } from './whole-file.js';

const manifestName = 'manifest';
const keptMax = 2;

export interface SnapshotPorts {
  readonly disk: Disk;
  readonly layout: DirectoryLayout;
  readonly log: JournalLog;
}

/** A snapshot known to be whole. */
export interface KeptSnapshot {
  readonly path: string;
  readonly manifest: SnapshotManifest;
}

/** Where the snapshot's state ends in the journal. */
export interface SnapshotMark {
  readonly sequence: number;
  readonly segment: number;
  readonly offset: number;
}

export class Snapshots {
  readonly #ports: SnapshotPorts;
  /** Newest last. */
  #kept: KeptSnapshot[] = [];
  #writing = false;

  constructor(ports: SnapshotPorts) {
    this.#ports = ports;
  }

  get count(): number {
    return this.#kept.length;
  }

  get newest(): KeptSnapshot | undefined {
    return this.#kept.at(-1);
  }

  /** Segments before this one are needed for their bodies alone. */
  get firstSegmentToReplay(): number {
    return this.#kept.length < keptMax ? 0 : this.#kept[0]!.manifest.segment;
  }

  /**
   * Finds the snapshots that are whole. Interrupted ones are removed; damaged ones stay where they are, for
   * inspection, and are reported.
   */
  async open(): Promise<void> {
    for (const { path, found } of await surveySnapshots(this.#ports.disk, this.#ports.layout)) {
      if (found.kind === 'whole') await this.#keep(found.snapshot);
      else if (found.kind === 'interrupted') await this.#remove(path);
      else this.#ports.log('journal.snapshot-damaged', { path });
    }
  }

  /** The manifest's name may not be durable yet, after a kill; older snapshots go only when it is. */
  async #keep(snapshot: KeptSnapshot): Promise<void> {
    await this.#ports.disk.syncDirectory(snapshot.path);
    this.#kept.push(snapshot);
  }

  /** Reads back a snapshot's chunks. */
  view(snapshot: KeptSnapshot): JournalSnapshot {
    const { disk } = this.#ports;
    const { manifest, path } = snapshot;
    return {
      sequence: manifest.sequence,
      state: Buffer.from(manifest.state, 'base64'),
      async *read() {
        for (const file of manifest.files) yield* readChunks(disk, join(path, file.name), file.bytes);
      },
    };
  }

  /** Starts a snapshot of the state at `mark`; `durable` resolves once all records up to it are. */
  begin(mark: SnapshotMark, durable: () => Promise<void>): SnapshotWriter {
    assert(!this.#writing, 'one snapshot is written at a time');
    // Nothing has happened since the last one: it is this one.
    if (this.newest?.manifest.sequence === mark.sequence) return discardingWriter(mark.sequence);
    this.#writing = true;
    const path = snapshotPath(this.#ports.layout, mark.sequence);
    let state: 'open' | 'ended' = 'open';
    const opened = this.#create(path);
    opened.catch(() => undefined);
    const end = async (work: () => Promise<void>): Promise<void> => {
      if (state === 'ended') return;
      state = 'ended';
      try {
        await work();
      } catch (error) {
        throw diskError(`the snapshot ${path} cannot be finished`, error);
      } finally {
        this.#writing = false;
      }
    };
    return {
      sequence: mark.sequence,
      write: async (chunk) => {
        assert(state === 'open', 'a snapshot is written before it is committed');
        try {
          await (await opened).writer.write(chunk);
        } catch (error) {
          throw diskError(`the snapshot ${path} cannot be written`, error);
        }
      },
      commit: (stateBytes) => end(async () => this.#commit(path, mark, stateBytes, await opened, durable)),
      abort: () => end(() => this.#abort(path, opened)),
    };
  }

  async #create(path: string): Promise<{ readonly file: DiskFile; readonly writer: StateFileWriter }> {
    const { disk } = this.#ports;
    await this.#remove(path);
    await disk.makeDirectory(path);
    const file = await disk.open(join(path, stateFileName), 'create');
    return { file, writer: new StateFileWriter(file) };
  }

  async #commit(
    path: string,
    mark: SnapshotMark,
    state: Uint8Array,
    open: { readonly file: DiskFile; readonly writer: StateFileWriter },
    durable: () => Promise<void>,
  ): Promise<void> {
    const { disk } = this.#ports;
    let written;
    try {
      written = await open.writer.finish();
    } finally {
      await open.file.close();
    }
    await durable();
    const manifest: SnapshotManifest = {
      format: formatVersion,
      ...mark,
      files: [written],
      state: Buffer.from(state).toString('base64'),
    };
    await writeWholeFile(disk, join(path, manifestName), (file) => file.write([encodeManifest(manifest)], 0));
    const found = await examineSnapshot(disk, path);
    if (found.kind !== 'whole') {
      throw new SluiceError('disk-failed', `the snapshot ${path} does not read back as it was written`, {
        details: { path },
      });
    }
    this.#kept.push(found.snapshot);
    while (this.#kept.length > keptMax) await this.#remove(this.#kept.shift()!.path);
  }

  async #abort(path: string, opened: Promise<{ readonly file: DiskFile }>): Promise<void> {
    const file = await opened.then(
      (open) => open.file,
      () => undefined,
    );
    await file?.close();
    await this.#remove(path);
  }

  /** The manifest goes first: a half-removed snapshot is then an interrupted one. */
  async #remove(path: string): Promise<void> {
    const { disk, layout } = this.#ports;
    const names = await disk.list(path);
    await unlinkIfPresent(disk, join(path, manifestName));
    if (names.length > 0) await disk.syncDirectory(path);
    for (const name of names) await unlinkIfPresent(disk, join(path, name));
    try {
      await disk.removeDirectory(path);
    } catch (error) {
      if (systemCodeOf(error) !== 'ENOENT') throw error;
      return;
    }
    await disk.syncDirectory(layout.snapshots);
  }
}

/** What a snapshot's directory turned out to hold. */
export type SnapshotFound =
  | { readonly kind: 'whole'; readonly snapshot: KeptSnapshot }
  | { readonly kind: 'interrupted' }
  | { readonly kind: 'damaged' };

/** Examines all snapshots, oldest first, and changes nothing. Rejects with `format-newer`. */
export async function surveySnapshots(
  disk: Disk,
  layout: DirectoryLayout,
): Promise<{ readonly path: string; readonly found: SnapshotFound }[]> {
  const survey: { readonly path: string; readonly found: SnapshotFound }[] = [];
  for (const name of await disk.list(layout.snapshots)) {
    if (snapshotSequenceOf(name) === undefined) continue;
    const path = join(layout.snapshots, name);
    survey.push({ path, found: await examineSnapshot(disk, path) });
  }
  return survey;
}

async function examineSnapshot(disk: Disk, path: string): Promise<SnapshotFound> {
  const names = await disk.list(path);
  if (!names.includes(manifestName)) return { kind: 'interrupted' };
  const decoded = decodeManifest(await readWhole(disk, join(path, manifestName)));
  if (decoded.kind === 'newer') throw newerFormat(join(path, manifestName), decoded.version);
  if (decoded.kind === 'damaged') return { kind: 'damaged' };
  for (const file of decoded.manifest.files) {
    if (!names.includes(file.name)) return { kind: 'damaged' };
    if (!(await verifyFile(disk, join(path, file.name), file))) return { kind: 'damaged' };
  }
  return { kind: 'whole', snapshot: { path, manifest: decoded.manifest } };
}

function discardingWriter(sequence: number): SnapshotWriter {
  const nothing = (): Promise<void> => Promise.resolve();
  return { sequence, write: nothing, commit: nothing, abort: nothing };
}

async function readWhole(disk: Disk, path: string): Promise<Buffer> {
  const file = await disk.open(path, 'read');
  try {
    const bytes = Buffer.alloc(await file.size());
    return bytes.subarray(0, await file.read(bytes, 0));
  } finally {
    await file.close();
  }
}
