/**
 * Leases on connections: a client whose event loop may be busy renews its lease over a connection of its own, the
 * keeper, from a thread. What is heard from the keeper counts as heard from the leased connection. Invariant: a keeper
 * counts only for connections of the same user and virtual host; a lease lives as long as its connection.
 *
 * Both name the lease in their client properties: `sluice_lease`, and `sluice_lease_keeper`.
 */
import type { Liveness } from './liveness.js';
import type { OpenedConnection } from './opening.js';

/** What a connection has to do with a lease. */
export interface LeasePart {
  /** Called each tick, before what is due is asked. */
  tick(liveness: Liveness): void;
  /** The connection is gone. */
  end(): void;
}

interface Lease {
  /** The tick when the keeper was last heard from; undefined: never. */
  heardAt: number | undefined;
}

export class Leases {
  readonly #leases = new Map<string, Lease>();

  /** The part that an opened connection has; undefined: none. */
  join(opened: OpenedConnection): LeasePart | undefined {
    const leased = keyOf(opened, 'sluice_lease');
    if (leased !== undefined) return this.#hold(leased);
    const kept = keyOf(opened, 'sluice_lease_keeper');
    return kept === undefined ? undefined : this.#keep(kept);
  }

  #hold(key: string): LeasePart {
    // A client that comes again takes the lease over from a connection that is not known to be gone yet.
    const lease: Lease = { heardAt: undefined };
    this.#leases.set(key, lease);
    return {
      tick: (liveness) => {
        if (lease.heardAt !== undefined) liveness.received(Math.max(lease.heardAt, liveness.receivedAt));
      },
      end: () => {
        if (this.#leases.get(key) === lease) this.#leases.delete(key);
      },
    };
  }

  #keep(key: string): LeasePart {
    return {
      tick: ({ receivedAt }) => {
        const lease = this.#leases.get(key);
        if (lease !== undefined) lease.heardAt = Math.max(lease.heardAt ?? 0, receivedAt);
      },
      end: () => undefined,
    };
  }
}

function keyOf(
  { identity, vhost, clientProperties }: OpenedConnection,
  property: string,
): string | undefined {
  const name = clientProperties.get(property);
  if (typeof name !== 'string' || name === '') return undefined;
  return JSON.stringify([identity.kind, identity.name, vhost, name]);
}
