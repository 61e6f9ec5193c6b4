/**
 * Sends what is measured to a Zabbix server, again and again. Invariant: what could not be sent waits, in a bounded
 * buffer and with the time at which it was measured, and is sent first; a server that is away costs the broker nothing but
 * that buffer.
 */
import { messageOf, Rounds, type Clock } from '../../../kernel/index.js';
import type { Measured } from '../measured.js';
import { BatchBuffer } from './batch-buffer.js';
import { DiscoveryBook } from './discovery-book.js';
import { exchange } from './exchange.js';
import { packFigures } from './measured-values.js';
import { readPreSharedKey } from './pre-shared-key.js';
import type { ZabbixSettings } from '../settings.js';
import { ValuePacker, type ValueBatch } from './value-packer.js';
import type { SenderAnswer } from './answer.js';

export interface ZabbixPusherOptions {
  readonly settings: ZabbixSettings;
  readonly measured: Measured;
  readonly clock: Clock;
  /** Told when the server cannot be reached any more, or can again; never the same again and again. */
  readonly onChange: (change: PushChange) => void;
}

export type PushChange =
  | { readonly kind: 'failing'; readonly reason: string }
  /** The server takes values, but has no item for some of them. */
  | { readonly kind: 'incomplete'; readonly taken: number; readonly refused: number }
  | { readonly kind: 'working' };

/** Counted since the beginning. */
export interface PushCounts {
  readonly sentValues: number;
  readonly refusedValues: number;
  readonly droppedValues: number;
  readonly failures: number;
  readonly waitingBytes: number;
}

export class ZabbixPusher {
  readonly #options: ZabbixPusherOptions;
  readonly #buffer: BatchBuffer;
  #settings: ZabbixSettings;
  #packer: ValuePacker;
  #discovery = new DiscoveryBook();
  readonly #rounds: Rounds;
  #sentValues = 0;
  #refusedValues = 0;
  #failures = 0;
  #lastSecond: number | undefined;
  #toldOf = '';
  #round = { taken: 0, refused: 0 };

  constructor(options: ZabbixPusherOptions) {
    this.#options = options;
    this.#settings = options.settings;
    this.#buffer = new BatchBuffer(options.settings.buffer);
    this.#packer = new ValuePacker(options.settings.host);
    this.#rounds = new Rounds({
      clock: options.clock,
      delayMs: () => this.#settings.every,
      round: () => this.runOnce(),
      onProblem: (reason) => {
        this.#say({ kind: 'failing', reason });
      },
    });
  }

  get counts(): PushCounts {
    return {
      sentValues: this.#sentValues,
      refusedValues: this.#refusedValues,
      droppedValues: this.#buffer.droppedValues,
      failures: this.#failures,
      waitingBytes: this.#buffer.bytes,
    };
  }

  /** Begins after the first interval. Safe to call twice. */
  start(): void {
    this.#rounds.start();
  }

  /** Sends by other settings from now on, also what waits. */
  configure(settings: ZabbixSettings): void {
    const { host, server } = this.#settings;
    this.#settings = settings;
    this.#buffer.limit(settings.buffer);
    if (host !== settings.host) this.#packer = new ValuePacker(settings.host);
    // Another host or server knows of no object yet.
    const isElsewhere = JSON.stringify([host, server]) !== JSON.stringify([settings.host, settings.server]);
    if (isElsewhere) this.#discovery = new DiscoveryBook();
    this.#rounds.rearm();
  }

  /** Ends after the round under way, which takes as long as the server may at most. Safe before `start` and twice. */
  stop(): Promise<void> {
    return this.#rounds.stop();
  }

  /** Takes what is measured now, and sends it with all that waits. Resolves when the server has it, or cannot be reached. */
  async runOnce(): Promise<void> {
    this.#round = { taken: 0, refused: 0 };
    const isReachable = await this.#attempt(async () => {
      await this.#options.measured.refresh();
      await this.#tellObjects();
    });
    if (!(await this.#collect(isReachable)) || !(await this.#attempt(() => this.#drain()))) return;
    const { taken, refused } = this.#round;
    this.#say(refused === 0 ? { kind: 'working' } : { kind: 'incomplete', taken, refused });
  }

  /** False where it failed, which is told and counted. */
  async #attempt(act: () => Promise<void>): Promise<boolean> {
    try {
      await act();
      return true;
    } catch (problem) {
      this.#failures++;
      this.#say({ kind: 'failing', reason: messageOf(problem) });
      return false;
    }
  }

  /**
   * Packs what was not sent yet, and sends meanwhile, so that a measurement larger than the buffer loses nothing while
   * the server takes it. Gives whether the server can still be reached.
   */
  async #collect(isReachable: boolean): Promise<boolean> {
    const { measured } = this.#options;
    if (measured.second === undefined || measured.second === this.#lastSecond) return isReachable;
    this.#lastSecond = measured.second;
    let sends = isReachable;
    for await (const batch of packFigures(measured, this.#packer)) {
      if (sends && this.#buffer.bytes + batch.body.length > this.#settings.buffer)
        sends = await this.#attempt(() => this.#drain());
      this.#buffer.push(batch);
    }
    return sends;
  }

  /** Before values: a server has no items for objects that it does not know of. */
  async #tellObjects(): Promise<void> {
    const { measured, clock } = this.#options;
    if (measured.second === undefined) return;
    const packer = new ValuePacker(this.#settings.host);
    packer.at(measured.second);
    for await (const { key, text, taken } of this.#discovery.due(measured, clock.monotonic())) {
      const batch = packer.add(key, text) ?? packer.take();
      if (batch !== undefined && (await this.#send(batch)).failed === 0) taken();
    }
  }

  async #drain(): Promise<void> {
    for (let batch = this.#buffer.first; batch !== undefined; batch = this.#buffer.first) {
      const answer = await this.#send(batch);
      // Settings with less room may have dropped it meanwhile.
      if (this.#buffer.first === batch) this.#buffer.shift();
      this.#round.taken += answer.processed;
      this.#round.refused += answer.failed;
    }
  }

  async #send({ body }: ValueBatch): Promise<SenderAnswer> {
    const { clock } = this.#options;
    const { server, psk, timeout } = this.#settings;
    // Read each time: a key that was changed counts from then on.
    const key = psk === undefined ? undefined : await readPreSharedKey(psk);
    const answer = await exchange(body, { server, key, timeoutMs: timeout, clock });
    this.#sentValues += answer.processed;
    this.#refusedValues += answer.failed;
    return answer;
  }

  #say(change: PushChange): void {
    const about = change.kind === 'failing' ? `failing ${change.reason}` : change.kind;
    const isFirstSuccess = this.#toldOf === '' && change.kind === 'working';
    if (about === this.#toldOf) return;
    this.#toldOf = about;
    if (!isFirstSuccess) this.#options.onChange(change);
  }
}
