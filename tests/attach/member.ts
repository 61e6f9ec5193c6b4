/** The processes that share one directory, as the test sees them. */
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startChild, type Child } from '../support/child.mjs';

const program = fileURLToPath(new URL('program.mjs', import.meta.url));
const built = fileURLToPath(new URL('../../dist/index.js', import.meta.url));
const patienceMs = 30_000;

/** Why these trials cannot run here. */
export const unavailable = existsSync(built) ? undefined : 'dist/ is not built: npm run build';

export interface MemberOptions {
  readonly send?: boolean;
  readonly receive?: boolean;
  /** Further options of `open`. */
  readonly open?: Readonly<Record<string, unknown>>;
}

/** A directory and everybody who was ever started on it. */
export class Household {
  readonly directory: string;
  readonly confirmed = new Set<string>();
  readonly seen = new Map<string, number>();
  readonly failures: string[] = [];
  readonly members: Member[] = [];
  /** Process ids, in the order in which they became the owner. */
  readonly owners: number[] = [];
  readonly #ports = new Map<Member, string>();
  #watchers = new Set<() => void>();

  constructor(directory: string) {
    this.directory = directory;
  }

  static async make(): Promise<Household> {
    return new Household(await mkdtemp(join(tmpdir(), 'sluice-attach-')));
  }

  /** Starts a member; resolves when it is open. */
  async start(options: MemberOptions = {}): Promise<Member> {
    const member = new Member(this, options);
    this.members.push(member);
    await this.until(() => member.role !== undefined || member.isGone, 'a member is open');
    return member;
  }

  get owner(): Member | undefined {
    return this.members.find((member) => !member.isGone && member.role === 'owner');
  }

  /** What a member listens on. */
  portsOf(member: Member): { readonly amqp: number; readonly http: number } {
    return JSON.parse(this.#ports.get(member)!) as { amqp: number; http: number };
  }

  take(member: Member, line: string): void {
    const [word, ...rest] = line.split(' ');
    const text = rest.join(' ');
    if (word === 'confirmed') this.confirmed.add(text);
    else if (word === 'seen') this.seen.set(text, (this.seen.get(text) ?? 0) + 1);
    else if (word === 'failed') this.failures.push(text);
    else if (word === 'ports') this.#ports.set(member, text);
    else if (word === 'role') {
      member.role = text as Member['role'];
      if (text === 'owner') this.owners.push(member.pid);
    }
    this.changed();
  }

  changed(): void {
    for (const watcher of [...this.#watchers]) watcher();
  }

  /** Resolves when `holds`; looks whenever a member says something. */
  until(holds: () => boolean, what: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#watchers.delete(look);
        const said = this.members.map((member) => member.child.tail().slice(-300)).join('\n--\n');
        reject(new Error(`waited in vain until ${what}\n${said}`));
      }, patienceMs);
      const look = (): void => {
        if (!holds()) return;
        clearTimeout(timer);
        this.#watchers.delete(look);
        resolve();
      };
      this.#watchers.add(look);
      look();
    });
  }

  /** Confirmed and never seen. */
  get lost(): string[] {
    return [...this.confirmed].filter((id) => !this.seen.has(id));
  }

  /** Seen and sent by nobody here. */
  get unexpected(): string[] {
    const pids = new Set(this.members.map(({ pid }) => String(pid)));
    return [...this.seen.keys()].filter((id) => !pids.has(id.split('-')[0]!));
  }

  /** Ends the sending and waits until everything confirmed was seen. */
  async drain(): Promise<void> {
    for (const member of this.members) member.signal('SIGUSR2');
    await this.until(() => this.lost.length === 0, 'everything confirmed was seen');
  }

  async end(): Promise<void> {
    for (const member of this.members) await member.child.end('SIGKILL', patienceMs);
    await rm(this.directory, { recursive: true, force: true });
  }
}

export class Member {
  readonly child: Child;
  readonly pid: number;
  role: 'owner' | 'attached' | undefined;
  isGone = false;

  constructor(household: Household, options: MemberOptions) {
    const settings = JSON.stringify({ engine: household.directory, ...options });
    this.child = startChild(process.execPath, [program, settings]);
    this.pid = this.child.pid!;
    const forEver = 2 ** 31 - 1;
    const listen = this.child.line<never>((line) => {
      household.take(this, line);
      return undefined;
    }, forEver);
    listen.catch(() => undefined);
    void this.child.exited.then(() => {
      this.isGone = true;
      household.changed();
    });
  }

  signal(signal: NodeJS.Signals): void {
    if (!this.isGone) process.kill(this.pid, signal);
  }

  /** Ends it and waits until it is gone. */
  async end(signal: NodeJS.Signals): Promise<void> {
    await this.child.end(signal, patienceMs);
  }
}
