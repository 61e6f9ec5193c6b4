/**
 * The reading side of a connection: socket to frames, with pauses. Invariant: while suspended no frame is handed
 * over, and none is lost or reordered; while paused nothing is read from the socket.
 */
import type { Socket } from 'node:net';
import { FrameParser, frameMaxBeforeSignIn, type BufferPool, type PublishView } from './codec/index.js';
import { DeferredFrames, type FrameTaker } from './deferred-frames.js';

/** Why reading may pause; several may hold at once. */
export const pauseReasons = { suspended: 1, publisherHeld: 2, throttled: 4 } as const;

export type PauseReason = (typeof pauseReasons)[keyof typeof pauseReasons];

/** Receives what was read. */
export interface IntakeHandler extends FrameTaker {
  protocolHeader(): void;
  /** Bytes came; called before their frames are handed over. */
  received(bytes: number): void;
  /** The stream cannot be read any further; what follows is ignored. */
  unreadable(thrown: unknown): void;
}

export class Intake {
  readonly #socket: Socket;
  readonly #handler: IntakeHandler;
  readonly #parser: FrameParser;
  #deferred: DeferredFrames | undefined;
  #suspensions = 0;
  #paused = 0;
  #stopped = false;
  #isReplaying = false;

  constructor(socket: Socket, handler: IntakeHandler, pool: BufferPool) {
    this.#socket = socket;
    this.#handler = handler;
    this.#parser = new FrameParser(
      {
        protocolHeader: () => {
          handler.protocolHeader();
        },
        frame: (type, channel, buffer, start, end) => {
          this.#taker().frame(type, channel, buffer, start, end);
        },
        publish: (channel, message: PublishView) => {
          this.#taker().publish(channel, message);
        },
      },
      frameMaxBeforeSignIn,
      true,
      pool,
    );
    socket.on('data', (chunk: Buffer) => {
      this.#read(chunk);
    });
  }

  /** Whether reading stands still for a reason of ours, so that the peer's silence means nothing. */
  get isPaused(): boolean {
    return this.#paused !== 0;
  }

  /** The largest frame payload accepted from now on. */
  set frameBytesMax(bytes: number) {
    this.#parser.frameMax = bytes;
  }

  pause(reason: PauseReason): void {
    if (this.#paused === 0) this.#socket.pause();
    this.#paused |= reason;
  }

  resume(reason: PauseReason): void {
    if ((this.#paused & reason) === 0) return;
    this.#paused &= ~reason;
    if (this.#paused === 0) this.#socket.resume();
  }

  /** Hands over no frames until the returned function is called. */
  suspend(): () => void {
    this.#suspensions++;
    let ended = false;
    return () => {
      if (ended) return;
      ended = true;
      this.#suspensions--;
      this.#goOn();
    };
  }

  /** Ignores everything from now on, but goes on reading, so that the peer can finish and see our last words. */
  stop(): void {
    this.#stopped = true;
    this.#parser.stop();
    this.#deferred = undefined;
    this.resume(this.#paused as PauseReason);
  }

  #read(chunk: Buffer): void {
    if (this.#stopped) return;
    this.#handler.received(chunk.length);
    try {
      this.#parser.push(chunk);
    } catch (thrown) {
      this.#handler.unreadable(thrown);
    }
    if (this.#suspensions > 0) this.pause(pauseReasons.suspended);
  }

  #taker(): FrameTaker {
    if (this.#suspensions === 0 && this.#deferred === undefined) return this.#handler;
    this.#deferred ??= new DeferredFrames();
    return this.#deferred;
  }

  /** Hands over what was deferred, unless the call comes from one of those very frames. */
  #goOn(): void {
    if (this.#isReplaying) return;
    this.#isReplaying = true;
    try {
      this.#deferred?.replay(this.#handler, () => this.#suspensions === 0 && !this.#stopped);
    } finally {
      this.#isReplaying = false;
    }
    if (this.#suspensions > 0) return;
    if (this.#deferred?.isEmpty === true) this.#deferred = undefined;
    this.resume(pauseReasons.suspended);
  }
}
