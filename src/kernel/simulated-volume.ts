/**
 * The directory tree of the simulated disk. A creation, rename or unlink is visible at once and durable only
 * after its directory is synced; until then a power loss may keep or forget each one on its own.
 */
import type { Random } from './random.js';
import { SimulatedFile, pageBytes, type PageBudget } from './simulated-file.js';

interface Directory {
  entries: Map<string, Entry>;
  readonly durable: Map<string, Entry>;
}

type Entry = Directory | SimulatedFile;

/** A change of names that is not durable yet. */
interface PendingChange {
  readonly directories: readonly Directory[];
  readonly apply: () => void;
}

/** The error a system call on `path` would give. */
export function systemError(code: string, call: string, path: string): Error {
  return Object.assign(new Error(`${code}: simulated, ${call} '${path}'`), { code, syscall: call, path });
}

export class SimulatedVolume {
  readonly budget: PageBudget = { usedPages: 0, pagesMax: Infinity };
  readonly #root: Directory = newDirectory();
  #pending: PendingChange[] = [];

  get usedBytes(): number {
    return this.budget.usedPages * pageBytes;
  }

  create(path: string): SimulatedFile {
    const { parent, name } = this.#locate(path, 'open');
    if (parent.entries.has(name)) throw systemError('EEXIST', 'open', path);
    const file = new SimulatedFile(this.budget);
    parent.entries.set(name, file);
    this.#change([parent], () => parent.durable.set(name, file));
    return file;
  }

  file(path: string, call = 'open'): SimulatedFile {
    const entry = this.#entry(path, call);
    if (!(entry instanceof SimulatedFile)) throw systemError('EISDIR', call, path);
    return entry;
  }

  list(path: string): string[] {
    const entry = this.#find(path);
    if (entry === undefined) return [];
    if (entry instanceof SimulatedFile) throw systemError('ENOTDIR', 'scandir', path);
    return [...entry.entries.keys()].sort();
  }

  /** Durable when it returns, parents included, as the real disk's is. */
  makeDirectory(path: string): void {
    let at = this.#root;
    for (const name of partsOf(path)) {
      let next = at.entries.get(name);
      if (next === undefined) {
        next = newDirectory();
        at.entries.set(name, next);
        at.durable.set(name, next);
      }
      if (next instanceof SimulatedFile) throw systemError('ENOTDIR', 'mkdir', path);
      at = next;
    }
  }

  rename(from: string, to: string): void {
    const source = this.#locate(from, 'rename');
    const target = this.#locate(to, 'rename');
    const entry = this.#entry(from, 'rename');
    const replaced = target.parent.entries.get(target.name);
    if (replaced === entry) return;
    if (replaced instanceof SimulatedFile) forget(replaced);
    else if (replaced !== undefined && replaced.entries.size > 0)
      throw systemError('ENOTEMPTY', 'rename', to);
    source.parent.entries.delete(source.name);
    target.parent.entries.set(target.name, entry);
    this.#change([source.parent, target.parent], () => {
      if (source.parent.durable.get(source.name) === entry) source.parent.durable.delete(source.name);
      target.parent.durable.set(target.name, entry);
    });
  }

  unlink(path: string): void {
    const file = this.file(path, 'unlink');
    this.#remove(path, file);
    forget(file);
  }

  removeDirectory(path: string): void {
    const entry = this.#directory(path, 'rmdir');
    if (entry.entries.size > 0) throw systemError('ENOTEMPTY', 'rmdir', path);
    this.#remove(path, entry);
  }

  syncDirectory(path: string): void {
    const directory = this.#directory(path, 'fsync');
    this.#pending = this.#pending.filter((change) => {
      if (!change.directories.includes(directory)) return true;
      change.apply();
      return false;
    });
  }

  /** Leaves what a power loss leaves; each unsynced change and page survives with chance `survival`. */
  losePower(random: Random, survival: number): void {
    for (const change of this.#pending) if (random.next() < survival) change.apply();
    this.#pending = [];
    this.budget.usedPages = 0;
    const seen = new Set<SimulatedFile>();
    this.#settle(this.#root, seen, random, survival);
    for (const file of seen) this.budget.usedPages += file.pageCount;
  }

  #settle(directory: Directory, seen: Set<SimulatedFile>, random: Random, survival: number): void {
    directory.entries = new Map(directory.durable);
    for (const entry of directory.entries.values()) {
      if (!(entry instanceof SimulatedFile)) {
        this.#settle(entry, seen, random, survival);
      } else if (!seen.has(entry)) {
        entry.losePower(random, survival);
        entry.linked = true;
        seen.add(entry);
      }
    }
  }

  #remove(path: string, entry: Entry): void {
    const { parent, name } = this.#locate(path, 'unlink');
    parent.entries.delete(name);
    this.#change([parent], () => {
      if (parent.durable.get(name) === entry) parent.durable.delete(name);
    });
  }

  #change(directories: readonly Directory[], apply: () => void): void {
    this.#pending.push({ directories, apply });
  }

  #find(path: string): Entry | undefined {
    let at: Entry = this.#root;
    for (const name of partsOf(path)) {
      const next: Entry | undefined = at instanceof SimulatedFile ? undefined : at.entries.get(name);
      if (next === undefined) return undefined;
      at = next;
    }
    return at;
  }

  #entry(path: string, call: string): Entry {
    const entry = this.#find(path);
    if (entry === undefined) throw systemError('ENOENT', call, path);
    return entry;
  }

  #directory(path: string, call: string): Directory {
    const entry = this.#entry(path, call);
    if (entry instanceof SimulatedFile) throw systemError('ENOTDIR', call, path);
    return entry;
  }

  #locate(path: string, call: string): { readonly parent: Directory; readonly name: string } {
    const parts = partsOf(path);
    const name = parts.pop();
    if (name === undefined) throw systemError('EBUSY', call, path);
    return { parent: this.#directory(`/${parts.join('/')}`, call), name };
  }
}

function newDirectory(): Directory {
  return { entries: new Map(), durable: new Map() };
}

function forget(file: SimulatedFile): void {
  file.linked = false;
  file.release();
}

function partsOf(path: string): string[] {
  return path.split('/').filter((part) => part !== '');
}
