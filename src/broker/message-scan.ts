/**
 * Reads through the messages of a queue in order of position, in slices, so that nobody waits for it. Invariant: it
 * changes nothing, and comes by every message once that is there from its beginning to its end.
 */
import type { BrokerCore } from './core.js';
import { stateNames } from './message-reader.js';
import { EntryState, pageEntries } from './page.js';
import type { Queue } from './queue.js';
import type { MessageScan, ScannedMessage, ScanOutcome } from './scan-face.js';

/** Work between two pauses, milliseconds, and messages between two looks at the clock. */
const sliceMs = 2;
const messagesPerLook = 32;

type Parts = Pick<BrokerCore, 'store' | 'dispatcher' | 'clock' | 'later'>;

/** Comes by the messages of `queue` until `scan` has enough. */
export async function scanMessages(core: Parts, queue: Queue, scan: MessageScan): Promise<ScanOutcome> {
  const until = Math.min(scan.until ?? Infinity, queue.backlog.tail);
  const pace = new Pace(core, scan);
  let unreadable = 0;
  let at = nextBelow(queue, scan.from, until);
  for (; at !== undefined; at = nextBelow(queue, at + 1, until)) {
    if (pace.isOver) break;
    if (pace.isDue) await pace.pause();
    pace.seen++;
    const message = scan.states?.has(stateAt(queue, at)) === false ? undefined : find(core, queue, at);
    const shown = message instanceof Promise ? await message : message;
    if (shown === 'unreadable') unreadable++;
    if (shown === undefined || shown === 'unreadable') continue;
    const answer = scan.see(shown);
    if (answer === true || (answer !== false && (await answer))) continue;
    at = nextBelow(queue, at + 1, until);
    break;
  }
  return { seen: pace.seen, unreadable, next: at, until };
}

/** Says when others have their turn, and when the call has taken long enough. */
class Pace {
  seen = 0;
  readonly #core: Parts;
  readonly #scan: MessageScan;
  readonly #endMs: number;
  #sliceEndMs: number;

  constructor(core: Parts, scan: MessageScan) {
    this.#core = core;
    this.#scan = scan;
    const nowMs = core.clock.monotonic();
    this.#endMs = nowMs + scan.elapsedMsMax;
    this.#sliceEndMs = nowMs + sliceMs;
  }

  /** It has at least looked at some. */
  get isOver(): boolean {
    const { messagesMax, signal } = this.#scan;
    if (this.seen >= messagesMax || signal?.aborted === true) return true;
    return this.#isLook && this.#core.clock.monotonic() > this.#endMs;
  }

  get isDue(): boolean {
    return this.#isLook && this.#core.clock.monotonic() > this.#sliceEndMs;
  }

  get #isLook(): boolean {
    return this.seen > 0 && this.seen % messagesPerLook === 0;
  }

  async pause(): Promise<void> {
    await new Promise<void>(this.#core.later);
    this.#sliceEndMs = this.#core.clock.monotonic() + sliceMs;
  }
}

function nextBelow(queue: Queue, from: number, until: number): number | undefined {
  if (queue.isDeleted) return undefined;
  const next = queue.backlog.nextLive(from);
  return next < 0 || next >= until ? undefined : next;
}

function stateAt(queue: Queue, position: number): ScannedMessage['state'] {
  const state = queue.backlog.stateAt(position);
  return state === EntryState.gone ? 'ready' : stateNames[state];
}

type Found = ScannedMessage | 'unreadable' | undefined;

/** At once where its record is in memory, which most are; undefined: it went meanwhile. */
function find(core: Parts, queue: Queue, position: number): Found | Promise<Found> {
  const { store } = core;
  if (queue.isDeleted || queue.backlog.stateAt(position) === EntryState.gone) return undefined;
  if (store.find(queue, position, true)) return shown(core, queue, position);
  return new Promise((resolve) => {
    store.load((error) => {
      resolve(error === undefined ? find(core, queue, position) : 'unreadable');
    });
  });
}

function shown({ dispatcher }: Parts, queue: Queue, position: number): ScannedMessage {
  const page = queue.backlog.pageOf(position)!;
  const slot = position % pageEntries;
  const state = stateAt(queue, position);
  const expiryMs = page.expiry?.[slot] ?? 0;
  return {
    position,
    state,
    bodyBytes: page.size(slot),
    redelivered: page.isRedelivered(slot),
    deliveryCount: page.deliveryCount(slot),
    expiresMs: expiryMs === 0 ? undefined : expiryMs,
    dueMs: state === 'delayed' ? page.due?.[slot] : undefined,
    view: dispatcher.viewFor(queue, page, slot),
  };
}
