/** Single messages of the embedded engine: the broker's own, resolved when what was changed is durable. */
import type { BrokerChannel } from '../../broker/index.js';
import { SluiceError } from '../../kernel/index.js';
import {
  listedMax,
  type ListedMessage,
  type ListedState,
  type MessageReport,
  type Messages,
  type RecordPut,
} from '../index.js';
import type { DurableWaiters } from './durable-waiters.js';
import { messageProperties } from './inbound-content.js';

const mayRead = (): boolean => true;

export class EmbeddedMessages implements Messages {
  readonly #channel: BrokerChannel;
  readonly #waiters: DurableWaiters;

  constructor(channel: BrokerChannel, waiters: DurableWaiters) {
    this.#channel = channel;
    this.#waiters = waiters;
  }

  async find(messageId: string, queue?: string): Promise<MessageReport | undefined> {
    const report = await this.#channel.messages.find({ messageId, queue, mayRead });
    return report && { ...report, properties: messageProperties(report.properties) };
  }

  async remove(
    queue: string,
    messageId: string,
    record?: Omit<RecordPut, 'expected'>,
  ): Promise<'removed' | 'active' | 'absent'> {
    const { outcome, sequence } = await this.#channel.messages.remove(queue, messageId, record);
    await this.#waiters.wait(sequence);
    return outcome;
  }

  async release(queue: string, messageId: string): Promise<'released' | 'not-delayed' | 'absent'> {
    const { outcome, sequence } = await this.#channel.messages.release(queue, messageId);
    await this.#waiters.wait(sequence);
    return outcome;
  }

  async list(queue: string, state: ListedState, count: number): Promise<readonly ListedMessage[]> {
    if (!Number.isInteger(count) || count < 1 || count > listedMax)
      throw new SluiceError('bad-input', `a list has 1 to ${listedMax} messages, not ${count}`);
    return this.#channel.messages.list(queue, state, count);
  }
}
