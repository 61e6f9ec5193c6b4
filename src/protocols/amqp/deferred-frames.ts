/** Frames that arrived while a connection was suspended, copied, in order. Bounded by what one read brought. */
import { assert } from '../../kernel/index.js';
import { PublishView } from './codec/index.js';

/** Takes frames as the parser hands them over. */
export interface FrameTaker {
  frame(type: number, channel: number, buffer: Buffer, start: number, end: number): void;
  publish(channel: number, message: PublishView): void;
}

export class DeferredFrames implements FrameTaker {
  #replays: ((taker: FrameTaker) => void)[] = [];

  get isEmpty(): boolean {
    return this.#replays.length === 0;
  }

  frame(type: number, channel: number, buffer: Buffer, start: number, end: number): void {
    const payload = Buffer.from(buffer.subarray(start, end));
    this.#replays.push((taker) => {
      taker.frame(type, channel, payload, 0, payload.length);
    });
  }

  publish(channel: number, message: PublishView): void {
    const view = copiedMessage(message);
    this.#replays.push((taker) => {
      taker.publish(channel, view);
    });
  }

  /** Hands the frames to `taker` while `mayGoOn`; keeps the rest. */
  replay(taker: FrameTaker, mayGoOn: () => boolean): void {
    const replays = this.#replays;
    let done = 0;
    while (done < replays.length && mayGoOn()) replays[done++]!(taker);
    this.#replays = replays.slice(done);
  }

  clear(): void {
    this.#replays = [];
  }
}

/** The parser hands over only messages whose parts stand one after the other in one buffer. */
function copiedMessage(message: PublishView): PublishView {
  assert(message.buffer === message.bodyBuffer, 'a whole message lies in one buffer');
  const start = message.exchangeStart - 1;
  const bytes = Buffer.from(message.buffer.subarray(start, message.bodyEnd));
  const view = new PublishView();
  view.buffer = view.bodyBuffer = bytes;
  view.exchangeStart = message.exchangeStart - start;
  view.exchangeEnd = message.exchangeEnd - start;
  view.routingKeyStart = message.routingKeyStart - start;
  view.routingKeyEnd = message.routingKeyEnd - start;
  view.mandatory = message.mandatory;
  view.immediate = message.immediate;
  view.propertiesStart = message.propertiesStart - start;
  view.propertiesEnd = message.propertiesEnd - start;
  view.bodyBytes = message.bodyBytes;
  view.bodyStart = message.bodyStart - start;
  view.bodyEnd = message.bodyEnd - start;
  return view;
}
