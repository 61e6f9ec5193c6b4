/** A channel of a client that takes no deliveries: who declares the plan, or looks. */
import type {
  Broker,
  BrokerChannel,
  BrokerConnection,
  ChannelRecords,
  RecordEntry,
} from '../../src/broker/index.js';

/** Opens a connection with one channel, which ends with it. */
export function connectSilently(
  broker: Broker,
  name: string,
): { readonly channel: BrokerChannel; readonly connection: BrokerConnection } {
  const connection = broker.connect({ name, user: 'guest', vhost: '/' });
  const channel = connection.openChannel({
    deliver: () => undefined,
    consumerCancelled: () => undefined,
    channelFailed: () => undefined,
  });
  return { channel, connection };
}

/** Every record that is to be seen. */
export async function scanAll(records: ChannelRecords): Promise<RecordEntry[]> {
  const entries: RecordEntry[] = [];
  let after: string | undefined;
  do {
    const scan = await records.scan({ prefix: '', limit: 7, after });
    entries.push(...scan.entries);
    after = scan.after;
  } while (after !== undefined);
  return entries;
}
