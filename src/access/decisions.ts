/**
 * The one decision function. Every protocol, the HTTP API, the CLI and governance ask here, and nowhere else
 * is a right worked out. It reads the users in force at the moment of the call, so a revocation holds at once.
 */
import type { Audit } from './audit-types.js';
import { printable } from './names.js';
import type { AccessRequest, Decision, Identity, ResourceRequest, ServerRequest, UserTag } from './types.js';
import type { LiveUser, UserBook } from './user-book.js';

const allowed: Decision = Object.freeze({ allowed: true });

const tagsFor: Readonly<Record<ServerRequest['action'], readonly UserTag[]>> = {
  administer: ['administrator'],
  monitor: ['administrator', 'monitoring'],
  'set-policy': ['administrator', 'policymaker'],
  manage: ['administrator', 'monitoring', 'policymaker', 'management'],
};

export class Decisions {
  readonly #book: UserBook;
  readonly #operator: Identity;
  readonly #audit: Audit;

  constructor(book: UserBook, operator: Identity, audit: Audit) {
    this.#book = book;
    this.#operator = operator;
    this.#audit = audit;
  }

  /** Decides, and records a refusal in the audit log. About 100 ns when the same was asked lately. */
  decide(identity: Identity, request: AccessRequest): Decision {
    if (this.allows(identity, request)) return allowed;
    const subject = describe(request);
    this.#audit.record({
      event: 'access-refused',
      actor: identity.name,
      source: identity.source,
      subject,
      outcome: 'refused',
    });
    return { allowed: false, reason: `${subject} refused for user '${printable(identity.name)}'` };
  }

  /** What `allows` would say to a user of this name; undefined: there is none. Nothing is recorded. */
  allowsUser(name: string, request: AccessRequest): boolean | undefined {
    const user = this.#book.find(name);
    return user === undefined ? undefined : isAllowed(user, request);
  }

  /** The same decision without a reason and a record: for leaving out of a list what may not be seen. */
  allows(identity: Identity, request: AccessRequest): boolean {
    const user = this.#book.find(identity.name);
    // Compared as an object: nothing that merely looks like the operator is.
    if (identity === this.#operator) return true;
    if (user === undefined || identity.kind !== 'user' || user.record.id !== identity.id) return false;
    return isAllowed(user, request);
  }
}

function isAllowed(user: LiveUser, request: AccessRequest): boolean {
  switch (request.action) {
    case 'configure':
    case 'write':
    case 'read': {
      const rights = user.rights.in(request.vhost);
      if (rights === undefined) return false;
      return rights.allows(request.action, nameOf(request));
    }
    case 'topic-write':
    case 'topic-read':
      return user.rights.in(request.vhost) !== undefined && user.rights.allowsTopic(request);
    case 'vhost-access':
      return user.rights.in(request.vhost) !== undefined;
    case 'administer':
    case 'monitor':
    case 'set-policy':
    case 'manage': {
      const tags = tagsFor[request.action];
      const entitled = user.record.tags.some((tag) => tags.includes(tag));
      return entitled && (request.vhost === undefined || user.rights.in(request.vhost) !== undefined);
    }
  }
}

function nameOf(request: ResourceRequest): string {
  return request.name === '' && request.kind === 'exchange' ? 'amq.default' : request.name;
}

/** What was asked for, in RabbitMQ's words where it has any: clients and their tests read them. */
function describe(request: AccessRequest): string {
  switch (request.action) {
    case 'configure':
    case 'write':
    case 'read':
      return printable(
        `${request.action} access to ${request.kind} '${nameOf(request)}' in vhost '${request.vhost}'`,
      );
    case 'topic-write':
    case 'topic-read': {
      const right = request.action === 'topic-write' ? 'write' : 'read';
      const { routingKey, exchange, vhost } = request;
      return printable(
        `${right} access to topic '${routingKey}' in exchange '${exchange}' in vhost '${vhost}'`,
      );
    }
    case 'vhost-access':
      return printable(`access to vhost '${request.vhost}'`);
    case 'administer':
    case 'monitor':
    case 'set-policy':
    case 'manage': {
      const where = request.vhost === undefined ? '' : ` in vhost '${request.vhost}'`;
      return printable(`the right to ${request.action}${where}`);
    }
  }
}
