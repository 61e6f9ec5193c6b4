/** The `amqp` section of the configuration, with its defaults. Durations in milliseconds, sizes in bytes. */
import { z } from 'zod';

/** Schema of the `amqp` section; unknown keys are errors. */
export const amqpSettings = z.strictObject({
  /** Connections served at a time; more are closed at once. */
  connectionsMax: z.int().min(1).max(1_000_000).default(20_000),
  /** Connections that wait in the system's queue to be accepted. */
  backlog: z.int().min(1).max(65_535).default(1_024),
  /** Channels of one connection, as proposed to clients. */
  channelMax: z.int().min(1).max(65_535).default(2_047),
  /** The largest frame, as proposed to clients. */
  frameBytesMax: z.int().min(8_192).max(16_777_216).default(131_072),
  /** Proposed to clients, which may choose another interval or none; 0: none. */
  heartbeatSeconds: z.int().min(0).max(65_535).default(60),
  /** The time from accepting a connection to `connection.open-ok`. */
  handshakeMs: z.int().min(100).max(600_000).default(10_000),
  /** How long a refused sign-in waits for its answer. */
  refusedSignInDelayMs: z.int().min(0).max(60_000).default(500),
  /** How long a closing connection is waited for. */
  closeMs: z.int().min(100).max(600_000).default(5_000),
  /** The largest message body; a larger one closes its channel with 406. */
  messageBytesMax: z.int().min(1).max(134_217_728).default(16_777_216),
  /** Unsent bytes of one connection beyond which its consumers get no more deliveries. */
  unsentBytesMax: z.int().min(4_096).max(1_073_741_824).default(1_048_576),
});

export type AmqpSettings = z.infer<typeof amqpSettings>;
