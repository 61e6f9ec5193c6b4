/** What a client settled, in messages: counted for its channel and for the consumer that had them. */
export interface SettledCounts {
  acknowledged: number;
  /** Rejected, or given back. */
  rejected: number;
}

export function newSettledCounts(): SettledCounts {
  return { acknowledged: 0, rejected: 0 };
}

/** Without a consumer, the message was fetched. */
export function countAcknowledged(channel: SettledCounts, consumer: SettledCounts | undefined): void {
  channel.acknowledged++;
  if (consumer !== undefined) consumer.acknowledged++;
}

/** As above. */
export function countRejected(channel: SettledCounts, consumer: SettledCounts | undefined): void {
  channel.rejected++;
  if (consumer !== undefined) consumer.rejected++;
}
