/** One virtual host: its settings, and what is in it, counted a few queues at a time. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { z } from 'zod';
import { vhostName } from './inputs.js';
import type { ServerOperation } from './services.js';

/** Counting 500 queues takes well under a millisecond. */
const sliceQueues = 500;

/** A virtual host as it is shown. */
export interface VhostDetail {
  readonly name: string;
  readonly description: string;
  readonly tags: readonly string[];
  /** Limits; left out: none. */
  readonly queuesMax?: number | undefined;
  readonly connectionsMax?: number | undefined;
  readonly queues: number;
  readonly messages: number;
  readonly connections: number;
  /** Users who may enter it. */
  readonly users: number;
}

const which = z.strictObject({ vhost: vhostName });

/** Rejects with `not-found`. */
export const vhostShow: ServerOperation<z.infer<typeof which>, VhostDetail> = {
  input: which,
  async run({ broker, connections, access }, { vhost: name }, { signal }) {
    const settings = broker.administration.vhostSettings(name);
    let [queues, messages] = [0, 0];
    for (const { ready, unacknowledged, delayed } of broker.administration.eachQueue(name)) {
      messages += ready + unacknowledged + delayed;
      if (++queues % sliceQueues === 0) await nextTurn();
      if (signal.aborted) break;
    }
    const here = connections.list().filter(({ vhost }) => vhost === name).length;
    const users = access.listPermissions({ vhost: name }).length;
    return { name, ...settings, queues, messages, connections: here, users };
  },
};
