/**
 * One user's rights in each virtual host, compiled when first asked and remembered with the answers. A
 * change makes a new `Rights`, so nothing here is ever stale; every memory is bounded.
 */
import { pattern, type Pattern } from '../kernel/index.js';
import { RecentMap } from './recent-map.js';
import type { ResourceRight, TopicRequest } from './types.js';
import type { StoredPermission, StoredTopicPermission, UserRecord } from './user-record.js';

const answersMax = 2_048;
/** Longer names are not remembered: a few thousand MQTT topics of 64 KiB would be felt. */
const rememberedLengthMax = 255;
const clientsMax = 256;

/** A pattern with the answers it gave. */
class RememberedPattern {
  readonly #pattern: Pattern;
  readonly #answers = new RecentMap<string, boolean>(answersMax);

  constructor(compiled: Pattern) {
    this.#pattern = compiled;
  }

  matches(name: string): boolean {
    let answer = this.#answers.get(name);
    if (answer === undefined) {
      answer = this.#pattern.matches(name);
      if (name.length <= rememberedLengthMax) this.#answers.set(name, answer);
    }
    return answer;
  }
}

/** What a user may do in one virtual host. */
export class VirtualHostRights {
  readonly configure: RememberedPattern;
  readonly write: RememberedPattern;
  readonly read: RememberedPattern;

  constructor(permission: StoredPermission) {
    this.configure = new RememberedPattern(pattern(permission.configure));
    this.write = new RememberedPattern(pattern(permission.write));
    this.read = new RememberedPattern(pattern(permission.read));
  }

  allows(right: ResourceRight, name: string): boolean {
    return this[right].matches(name);
  }
}

/** One user's rule for the routing keys of one exchange, in one direction. */
class TopicRule {
  readonly #source: string;
  readonly #user: string;
  readonly #vhost: string;
  readonly #namesClient: boolean;
  readonly #byClient = new RecentMap<string, RememberedPattern>(clientsMax);
  #withoutClient: RememberedPattern | undefined;

  constructor(source: string, user: string, vhost: string) {
    this.#source = source;
    this.#user = user;
    this.#vhost = vhost;
    this.#namesClient = source.includes('{client_id}');
  }

  allows(routingKey: string, clientId: string | undefined): boolean {
    if (clientId !== undefined && this.#namesClient) return this.#forClient(clientId).matches(routingKey);
    this.#withoutClient ??= this.#compile(undefined);
    return this.#withoutClient.matches(routingKey);
  }

  #forClient(clientId: string): RememberedPattern {
    let rule = this.#byClient.get(clientId);
    if (rule === undefined) {
      rule = this.#compile(clientId);
      this.#byClient.set(clientId, rule);
    }
    return rule;
  }

  #compile(clientId: string | undefined): RememberedPattern {
    const values = new Map([['username', this.#user] as const, ['vhost', this.#vhost] as const]);
    const all = clientId === undefined ? values : new Map([...values, ['client_id', clientId] as const]);
    return new RememberedPattern(pattern(this.#source, all));
  }
}

interface TopicRules {
  readonly write: TopicRule;
  readonly read: TopicRule;
}

/** A user's rights everywhere. */
export class Rights {
  readonly #user: string;
  readonly #stored = new Map<string, StoredPermission>();
  readonly #compiled = new Map<string, VirtualHostRights>();
  readonly #topics = new Map<string, Map<string, TopicRules>>();

  constructor(record: UserRecord) {
    this.#user = record.name;
    for (const permission of record.permissions) this.#stored.set(permission.vhost, permission);
    for (const permission of record.topicPermissions) this.#addTopic(permission);
  }

  /** `undefined` when the user may not enter `vhost`. */
  in(vhost: string): VirtualHostRights | undefined {
    const known = this.#compiled.get(vhost);
    if (known !== undefined) return known;
    const stored = this.#stored.get(vhost);
    if (stored === undefined) return undefined;
    const compiled = new VirtualHostRights(stored);
    this.#compiled.set(vhost, compiled);
    return compiled;
  }

  /** As in RabbitMQ, an exchange without a topic permission for this user limits no routing key. */
  allowsTopic(request: TopicRequest): boolean {
    const rules = this.#topics.get(request.vhost)?.get(request.exchange);
    if (rules === undefined) return true;
    const rule = request.action === 'topic-write' ? rules.write : rules.read;
    return rule.allows(request.routingKey, request.clientId);
  }

  #addTopic(permission: StoredTopicPermission): void {
    const { vhost, exchange } = permission;
    const exchanges = this.#topics.get(vhost) ?? new Map<string, TopicRules>();
    exchanges.set(exchange, {
      write: new TopicRule(permission.write, this.#user, vhost),
      read: new TopicRule(permission.read, this.#user, vhost),
    });
    this.#topics.set(vhost, exchanges);
  }
}
