/**
 * Who made a request, and what they may do: every right is asked of access's one decision function at the moment of
 * use, with the rules of RabbitMQ's access control table. Invariant: a route asks before anything is looked up, so a
 * refusal tells nothing of what is there.
 */
import type { Access, AccessRequest, Identity, ResourceRight } from '../access/index.js';
import { SluiceError } from '../kernel/index.js';

export class Caller {
  readonly identity: Identity;
  /** The id of the session that asks; undefined: it came with a password. */
  readonly sessionId: string | undefined;
  readonly #access: Access;

  constructor(access: Access, identity: Identity, sessionId?: string) {
    this.#access = access;
    this.identity = identity;
    this.sessionId = sessionId;
  }

  /** @throws SluiceError `access-refused`. */
  require(action: ResourceRight, kind: 'exchange' | 'queue', vhost: string, name: string): void {
    this.#require({ action, kind, vhost, name });
  }

  /** @throws SluiceError `access-refused` where topic permissions do not allow the routing key. */
  requireTopic(right: 'read' | 'write', vhost: string, exchange: string, routingKey: string): void {
    this.#require({ action: `topic-${right}`, vhost, exchange, routingKey });
  }

  /** `administer`: users, virtual hosts, everything; `monitor`: see all of the server; `set-policy`: policies. */
  requireTag(action: 'administer' | 'monitor' | 'set-policy'): void {
    this.#require({ action });
  }

  /** @throws SluiceError `access-refused` where the caller may not set policies in a virtual host. */
  requirePolicyRight(vhost: string): void {
    this.#require({ action: 'set-policy', vhost });
  }

  /** Whether the caller still has the right that a tag gives. */
  holdsTag(action: 'administer' | 'monitor' | 'manage'): boolean {
    return this.#access.allows(this.identity, { action });
  }

  /** @throws SluiceError `access-refused` where the caller may not see what is in a virtual host. */
  requireView(vhost: string): void {
    if (!this.sees(vhost)) this.#require({ action: 'vhost-access', vhost });
  }

  /** Whoever may enter a virtual host sees it; whoever monitors the server sees all of them. */
  sees(vhost: string): boolean {
    return (
      this.#access.allows(this.identity, { action: 'vhost-access', vhost }) ||
      this.#access.allows(this.identity, { action: 'monitor' })
    );
  }

  /** Whether the caller may have the messages of a queue, without a record of the question. */
  mayRead(vhost: string, queue: string): boolean {
    return this.#access.allows(this.identity, { action: 'read', kind: 'queue', vhost, name: queue });
  }

  /** An argument that sends messages on to an exchange needs read on their source and write on that exchange. */
  requireTarget(kind: 'exchange' | 'queue', vhost: string, name: string, target: unknown): void {
    if (typeof target !== 'string') return;
    this.require('read', kind, vhost, name);
    this.require('write', 'exchange', vhost, target);
  }

  #require(request: AccessRequest): void {
    const decision = this.#access.decide(this.identity, request);
    if (!decision.allowed) throw new SluiceError('access-refused', decision.reason);
  }
}
