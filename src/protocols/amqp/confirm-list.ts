/**
 * The channels of one connection that have publishes to confirm. Invariant: a confirm never leaves before its
 * publish is durable, nor before what was sent ahead of that publish.
 */
import { confirmFrameBytes, writeAck, writeNack } from './codec/index.js';
import type { Output } from './output.js';
import type { ConfirmRing } from './confirm-ring.js';

/** A channel that confirms. */
export interface ConfirmingChannel {
  readonly channel: number;
  readonly confirms: ConfirmRing;
  /** Owned by the list: whether the channel stands in it. */
  listed: boolean;
  /** Publishes up to a tag were confirmed. */
  confirmed(tag: number): void;
}

export class ConfirmList {
  readonly #output: Output;
  readonly #channels: ConfirmingChannel[] = [];

  constructor(output: Output) {
    this.#output = output;
  }

  add(publishing: ConfirmingChannel): void {
    publishing.listed = true;
    this.#channels.push(publishing);
  }

  /** The channel closes: nothing more is confirmed on it. */
  remove(publishing: ConfirmingChannel): void {
    const at = this.#channels.indexOf(publishing);
    if (at !== -1) this.#channels.splice(at, 1);
  }

  clear(): void {
    this.#channels.length = 0;
  }

  /** Confirms what `durableSequence` covers, one frame a channel; gives whether some must still wait. */
  settle(durableSequence: number): boolean {
    const channels = this.#channels;
    if (channels.length === 0) return false;
    // Between frames, confirms may overtake what is held for a later sync: see `Output.overtake`. Not so between the
    // frames of a large body, which may be of the same channel.
    const overtaking =
      this.#output.holding && !this.#output.streaming
        ? Buffer.allocUnsafe(channels.length * confirmFrameBytes)
        : undefined;
    let overtakingEnd = 0;
    let kept = 0;
    for (const publishing of channels) {
      const { channel, confirms } = publishing;
      const before = confirms.confirmedTag;
      const tag = confirms.settle(durableSequence);
      if (tag > 0) publishing.confirmed(tag);
      if (tag > 0 && overtaking === undefined) this.#append(channel, tag, tag > before + 1);
      else if (tag > 0) overtakingEnd = writeAck(overtaking!, overtakingEnd, channel, tag, tag > before + 1);
      if (confirms.pending) channels[kept++] = publishing;
      else publishing.listed = false;
    }
    channels.length = kept;
    if (overtakingEnd > 0) this.#output.overtake(overtaking!.subarray(0, overtakingEnd));
    return kept > 0;
  }

  /** Sends a negative confirm. Confirms of later publishes wait for whatever holds it back. */
  reject(channel: number, tag: number): void {
    const at = this.#output.reserve(confirmFrameBytes);
    this.#output.commit(writeNack(this.#output.buffer, at, channel, tag, false), 0, 0);
  }

  #append(channel: number, tag: number, multiple: boolean): void {
    const at = this.#output.reserve(confirmFrameBytes);
    this.#output.commit(writeAck(this.#output.buffer, at, channel, tag, multiple), 0, 0);
  }
}
