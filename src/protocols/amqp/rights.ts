/**
 * What one signed-in connection may do in its virtual host: RabbitMQ's access control table asked through
 * access's one decision function. Invariant: every question is asked anew, so a revoked right is refused at once.
 */
import type { Access, Identity, ResourceRight, TopicPermission } from '../../access/index.js';
import { SluiceError } from '../../kernel/index.js';

export class Rights {
  readonly identity: Identity;
  readonly vhost: string;
  readonly #access: Access;
  /** The user's topic permissions here, as of `#topicsVersion`. */
  #topics: readonly TopicPermission[] = [];
  #topicsVersion = -1;

  constructor(access: Access, identity: Identity, vhost: string) {
    this.#access = access;
    this.identity = identity;
    this.vhost = vhost;
  }

  /** While it stands still, no answer has changed. */
  get version(): number {
    return this.#access.version;
  }

  /** @throws SluiceError `access-refused` where the right is missing. */
  require(action: ResourceRight, kind: 'exchange' | 'queue', name: string): void {
    if (this.holds(action, kind, name)) return;
    const shown = kind === 'exchange' && name === '' ? 'amq.default' : name;
    throw this.#refusal(`${action} access to ${kind} '${shown}' in vhost '${this.vhost}'`);
  }

  holds(action: ResourceRight, kind: 'exchange' | 'queue', name: string): boolean {
    return this.#access.decide(this.identity, { action, vhost: this.vhost, kind, name }).allowed;
  }

  /** Whether topic permissions restrict this user's routing keys on `exchange`: else `requireTopic` always passes. */
  restrictsTopics(exchange: string): boolean {
    if (this.#topicsVersion !== this.#access.version) {
      this.#topicsVersion = this.#access.version;
      this.#topics = this.#access.listTopicPermissions({ user: this.identity.name, vhost: this.vhost });
    }
    return this.#topics.length > 0 && this.#topics.some((permission) => permission.exchange === exchange);
  }

  /** @throws SluiceError `access-refused` where topic permissions do not allow the routing key. */
  requireTopic(right: 'read' | 'write', exchange: string, routingKey: string): void {
    if (!this.restrictsTopics(exchange)) return;
    const request = { action: `topic-${right}`, vhost: this.vhost, exchange, routingKey } as const;
    if (this.#access.decide(this.identity, request).allowed) return;
    throw this.#refusal(
      `${right} access to topic '${routingKey}' in exchange '${exchange}' in vhost '${this.vhost}'`,
    );
  }

  /** Whether the user still exists and may still enter the virtual host. */
  get admitted(): boolean {
    return this.#access.decide(this.identity, { action: 'vhost-access', vhost: this.vhost }).allowed;
  }

  #refusal(what: string): SluiceError {
    return new SluiceError('access-refused', `${what} refused for user '${this.identity.name}'`);
  }
}
