/** Names of queues by their numbers, from snapshots and records; of queues that are gone, too. */
import type { Disk } from '../../kernel/index.js';
import { walkSnapshots } from '../../journal/index.js';
import type { TopologyChange } from '../topology-record.js';
import type { TracePlace } from './trace.js';

interface QueueName {
  readonly vhost: string;
  readonly queue: string;
}

/** The kind of the chunks of a snapshot that hold topology (docs/formats/snapshot.md). */
const topologyChunk = 1;

export class QueueNames {
  readonly #names = new Map<number, QueueName>();

  /** Those that the snapshots know; others have their turn after each piece. */
  async read(journalDirectory: string, disk: Disk, pause: () => Promise<void>): Promise<void> {
    for await (const chunks of walkSnapshots(journalDirectory, disk)) {
      for await (const chunk of chunks) {
        // Topology stands first.
        if (chunk[0] !== topologyChunk) break;
        this.#take(Buffer.from(chunk.buffer, chunk.byteOffset + 1, chunk.length - 1));
        await pause();
      }
    }
  }

  note(change: TopologyChange): void {
    if (change.op === 'queue') this.#names.set(change.id, { vhost: change.vhost, queue: change.name });
  }

  is(number: number, vhost: string, queue: string): boolean {
    const name = this.#names.get(number);
    return name !== undefined && name.vhost === vhost && name.queue === queue;
  }

  place(queueNumber: number, position: number): TracePlace {
    const name = this.#names.get(queueNumber);
    return { vhost: name?.vhost, queue: name?.queue, queueNumber, position };
  }

  #take(bytes: Buffer): void {
    try {
      for (const change of JSON.parse(bytes.toString()) as TopologyChange[]) this.note(change);
    } catch {
      // A snapshot that is being written: the records after the one before tell the same.
    }
  }
}
