/** What may be set about the broker. */
import { z } from 'zod';

/** The broker's part of the configuration; every field has its default. */
export const brokerSettings = z.strictObject({
  /** What becomes of queues declared non-durable (neither exclusive nor auto-delete) at a restart. */
  transientQueues: z.enum(['keep', 'drop']).default('keep'),
  /** What becomes of a Celery task with an ETA: the queue holds it until then, or delivers it for its worker to hold. */
  eta: z.enum(['hold', 'deliver']).default('hold'),
  /** How long a consumer may hold a delivery, unless it or its queue says otherwise; milliseconds. */
  consumerTimeoutMs: z
    .int()
    .min(1)
    .default(30 * 60 * 1000),
  /** Bytes of journal between two snapshots. */
  snapshotEveryBytes: z
    .int()
    .min(1)
    .default(256 * 1024 * 1024),
  /** Whether waiting and processing are measured, and the capacity of consumers. */
  measures: z.boolean().default(true),
  /** Key-value records that a virtual host holds; beyond them those go that expire first. */
  recordCountMax: z.int().min(1).max(100_000_000).default(1_000_000),
});

export type BrokerSettings = Readonly<z.infer<typeof brokerSettings>>;
