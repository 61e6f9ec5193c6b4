/**
 * What an engine tells of its exchanges, bindings and policies, wherever it was asked. Invariant: what the engine does not
 * tell is undefined, never zero.
 */

type Table = Readonly<Record<string, unknown>>;

/** An exchange; empty name: the default one. */
export interface EngineExchange {
  readonly vhost: string;
  readonly name: string;
  readonly type: string;
  readonly durable: boolean;
  readonly autoDelete: boolean;
  readonly internal: boolean;
  readonly arguments: Table;
  /** What clients published to it, and what queues were given of that. */
  readonly publishedIn: number | undefined;
  readonly publishedOut: number | undefined;
  readonly policy: string | undefined;
}

/** A binding of whichever source. */
export interface EngineLink {
  readonly vhost: string;
  readonly source: string;
  readonly destination: string;
  readonly destinationKind: 'queue' | 'exchange';
  readonly routingKey: string;
  readonly arguments: Table;
}

/** Which bindings; all that is given must agree. */
export interface EngineLinkFilter {
  readonly vhost?: string | undefined;
  readonly source?: string | undefined;
  readonly destination?: string | undefined;
  readonly destinationKind?: 'queue' | 'exchange' | undefined;
}

/** A policy; its target as the engine names it. */
export interface EnginePolicy {
  readonly kind: 'policy' | 'operator-policy';
  readonly vhost: string;
  readonly name: string;
  readonly pattern: string;
  readonly applyTo: string;
  readonly priority: number;
  readonly definition: Table;
}

/** Whether a binding is one of those that are asked for. */
export function isWanted(link: EngineLink, filter: EngineLinkFilter): boolean {
  const { vhost, source, destination, destinationKind } = filter;
  return (
    (vhost === undefined || link.vhost === vhost) &&
    (source === undefined || link.source === source) &&
    (destination === undefined || link.destination === destination) &&
    (destinationKind === undefined || link.destinationKind === destinationKind)
  );
}
