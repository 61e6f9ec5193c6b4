/**
 * The processes that carry tasks, and who is killed next. By `server` the engine is a server that workers and enqueuers
 * speak to; by `directory` there is none, and every process shares one directory. A killed one is replaced.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startChild } from '../../support/child.mjs';
import { startSluice } from '../../support/start-sluice.mjs';

const program = fileURLToPath(new URL('member.mjs', import.meta.url));
const forEver = 2 ** 31 - 1;
const endTimeoutMs = 30_000;

const crews = {
  server: [['work'], ['work'], ['enqueue'], ['enqueue']],
  directory: [['work', 'enqueue'], ['work'], ['enqueue']],
};

export class World {
  #mode;
  #checker;
  #random;
  #control;
  #server;
  #directory;
  #members = [];
  #labels = 0;
  #rounds = 0;

  constructor({ mode, checker, random, control }) {
    this.#mode = mode;
    this.#checker = checker;
    this.#random = random;
    this.#control = control;
  }

  async start() {
    if (this.#mode === 'server') this.#server = await startSluice();
    else this.#directory = await mkdtemp(join(tmpdir(), 'sluice-torture-'));
  }

  /** What `open` takes. */
  get engine() {
    return this.#server?.url ?? this.#directory;
  }

  /** Starts a full crew. */
  async begin() {
    this.#rounds++;
    await Promise.all(crews[this.#mode].map((roles) => this.#join(roles)));
  }

  async #join(roles) {
    // No two members have one name, those of another world included.
    const label = `${this.#mode}${this.#labels++}`;
    const settings = {
      engine: this.engine,
      roles,
      seed: this.#random.integer(2 ** 31),
      label,
      words: `r${this.#rounds}`,
      control: roles.includes('work') ? this.#control : '',
    };
    const child = startChild(process.execPath, [program, JSON.stringify(settings)]);
    const member = { roles, label, child, isGone: false };
    this.#members.push(member);
    await this.#listen(member);
  }

  /** Resolves when it is ready, or gone before: a server that is killed meanwhile is no fault of its own. */
  #listen(member) {
    return new Promise((resolve, reject) => {
      const take = (line) => {
        if (!line.startsWith('["')) return undefined;
        const [word, facts] = JSON.parse(line);
        if (word === 'ready') resolve();
        else if (word === 'done') member.done?.();
        else this.#checker.take(word, facts);
        return undefined;
      };
      member.over = member.child.line(take, forEver).catch(() => undefined);
      void member.over.then(async () => {
        const { code } = await member.child.exited;
        member.isGone = true;
        member.done?.();
        if (code !== 0 && code !== null) this.#broken(member, code);
        resolve();
      }, reject);
    });
  }

  #broken({ roles, child }, code) {
    const text = `a process that was to ${roles.join(' and ')} ended with ${code}:\n${child.tail().slice(-600)}`;
    this.#checker.take('broken', { text });
  }

  /** Kills one of them, whoever chance names, and puts another into its place. */
  async killOne() {
    if (this.#server !== undefined && this.#random.integer(5) < 2) {
      await this.#server.kill();
      await this.#server.restart();
      return;
    }
    const [victim] = this.#members.splice(this.#random.integer(this.#members.length), 1);
    await victim.child.end('SIGKILL', endTimeoutMs);
    await victim.over;
    await this.#join(victim.roles);
  }

  /** No more enqueues; resolves when the last of them has its answer. The workers go on. */
  async stopEnqueuing() {
    const enqueuers = this.#members.filter(({ roles }) => roles.includes('enqueue'));
    await Promise.all(enqueuers.map((member) => this.#stop(member)));
  }

  async #stop(member) {
    if (member.isGone) return;
    const done = new Promise((resolve) => (member.done = resolve));
    process.kill(member.child.pid, 'SIGTERM');
    const timer = setTimeout(() => {
      this.#checker.tellStuck(member.label);
      member.done();
    }, endTimeoutMs);
    await done;
    clearTimeout(timer);
  }

  /** Ends the crew and waits for its last words. */
  async disband() {
    for (const { child, over } of this.#members.splice(0)) {
      await child.end('SIGKILL', endTimeoutMs);
      await over;
    }
  }

  get log() {
    return this.#server?.log() ?? '';
  }

  async stop() {
    await this.disband();
    await this.#server?.stop();
    if (this.#directory !== undefined) await rm(this.#directory, { recursive: true, force: true });
  }
}
