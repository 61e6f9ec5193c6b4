/** What a channel needs of the connection that carries it. */
import type { BrokerConnection, BufferedReturn, GetReply, MessageView } from '../../broker/index.js';
import type { ChannelSession } from './channel-session.js';
import type { Method } from './codec/index.js';
import type { PublishingHost } from './publishing.js';
import type { ClientCapabilities } from './server-properties.js';

export interface SessionHost extends PublishingHost {
  readonly brokerConnection: BrokerConnection;
  readonly capabilities: ClientCapabilities;
  /** Sends a method once `sequence` is durable; 0: at once. */
  send(channel: number, method: Method, sequence: number): void;
  deliver(
    channel: number,
    consumerTag: Buffer,
    deliveryTag: number,
    redelivered: boolean,
    message: MessageView,
    sequence: number,
  ): void;
  answerGet(channel: number, answer: Extract<GetReply, { kind: 'message' }>): void;
  returnBuffered(channel: number, message: BufferedReturn): void;
  /** Stops taking frames of the connection until the returned function is called. */
  suspend(): () => void;
  /** @throws SluiceError `access-refused` where the user may not consume from `queue`. */
  requireConsume(queue: string): void;
  /** For the audit log. `subject` names what changed: `queue 'orders'`. */
  readonly topologyChanged: (event: 'topology-created' | 'topology-deleted', subject: string) => void;
  /** Closes the channel with the reply for `thrown`, or the connection where that is what the reply ends. */
  failChannel(channel: ChannelSession, thrown: unknown, method: number): void;
  failConnection(thrown: unknown, method: number): void;
  /** The channel's number is free again. */
  forget(channel: ChannelSession): void;
}
