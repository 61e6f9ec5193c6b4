/**
 * The words of access control: identities, requests, decisions, sign-ins, grants and changes. Nothing here
 * holds state, and everything a caller receives is read-only.
 */
import type { PeerCertificate } from 'node:tls';

/** What a user may do besides messaging, as RabbitMQ names it. `none` is the absence of every tag. */
export const userTags = ['administrator', 'monitoring', 'policymaker', 'management'] as const;

export type UserTag = (typeof userTags)[number];

/**
 * Who is acting: a frozen snapshot made at sign-in. Rights are never read from the snapshot; `decide` looks
 * them up live, and an identity whose user was deleted (or recreated under the same name) has none.
 */
export interface Identity {
  /** `operator` is whoever may open the control socket or the data directory: every right, no password. */
  readonly kind: 'user' | 'operator';
  readonly name: string;
  /** Differs between two users that bore the same name one after the other. */
  readonly id: string;
  /** Where the sign-in came from: the peer address, or a word such as `control socket`. For the audit log. */
  readonly source: string;
  /** The tags held at sign-in. */
  readonly tags: readonly UserTag[];
  /** `Access.version` at sign-in. */
  readonly version: number;
}

/** Who makes an administrative change, and from where; both go to the audit log. */
export interface Actor {
  readonly identity: Identity;
  /** A peer address such as `10.0.0.7`, or a word such as `control socket`. */
  readonly source: string;
}

/** The three rights over a resource, as in RabbitMQ. */
export type ResourceRight = 'configure' | 'write' | 'read';

export interface ResourceRequest {
  readonly action: ResourceRight;
  readonly vhost: string;
  readonly kind: 'exchange' | 'queue';
  /** The resource's name; the default exchange is the empty name and is matched as `amq.default`. */
  readonly name: string;
}

/** Asked in addition to `write` (publish) or `read` (bind) when the exchange is a topic exchange. */
export interface TopicRequest {
  readonly action: 'topic-write' | 'topic-read';
  readonly vhost: string;
  readonly exchange: string;
  readonly routingKey: string;
  /** For `{client_id}` in topic patterns; protocols without client ids leave it out, and such patterns fail. */
  readonly clientId?: string;
}

export interface VirtualHostRequest {
  readonly action: 'vhost-access';
  readonly vhost: string;
}

/**
 * What the tags give. `administer`: users, virtual hosts, everything. `monitor`: see all of the server.
 * `set-policy`: policies of a virtual host the user may enter. `manage`: the management interface at all.
 */
export interface ServerRequest {
  readonly action: 'administer' | 'monitor' | 'set-policy' | 'manage';
  /** When given, access to this virtual host is needed too. */
  readonly vhost?: string;
}

export type AccessRequest = ResourceRequest | TopicRequest | VirtualHostRequest | ServerRequest;

/** The answer to an `AccessRequest`. `reason` is fit for a reply text: it names no one else's secrets. */
export type Decision = { readonly allowed: true } | { readonly allowed: false; readonly reason: string };

/** A sign-in with a password. `mechanism` is for the audit log. */
export interface PasswordSignIn {
  readonly mechanism: 'PLAIN' | 'AMQPLAIN' | 'basic' | 'session' | 'mqtt' | 'stomp';
  readonly user: string;
  readonly password: string;
  /** The socket's own peer, never a header's or a PROXY line's; `undefined` counts as not loopback. */
  readonly peerAddress: string | undefined;
}

/** A sign-in with a verified client certificate: pass what the TLS socket says, unchanged. */
export interface CertificateSignIn {
  readonly mechanism: 'EXTERNAL';
  /** `TLSSocket.authorized`. */
  readonly authorized: boolean;
  /** `TLSSocket.getPeerCertificate()`. */
  readonly certificate: PeerCertificate | undefined;
  readonly peerAddress: string | undefined;
}

/** A sign-in over a socket that only the owner of the data directory may open: its user is the operator. */
export interface LocalSignIn {
  readonly mechanism: 'LOCAL';
}

export type SignIn = PasswordSignIn | CertificateSignIn | LocalSignIn;

/**
 * Why a sign-in failed. Peers are told no more than "refused" for the first two; `loopback-only` is given
 * only to those who knew the password; `throttled` and `busy` may be tried again later.
 */
export type SignInRefusal = 'bad-credentials' | 'no-certificate' | 'loopback-only' | 'throttled' | 'busy';

export type SignInOutcome =
  { readonly ok: true; readonly identity: Identity } | { readonly ok: false; readonly reason: SignInRefusal };

/** A user as listed: never a password or a hash. */
export interface UserSummary {
  readonly name: string;
  readonly tags: readonly UserTag[];
  /** How the password is kept: `argon2id`, an imported RabbitMQ hash, or not at all (certificates only). */
  readonly passwordKind: 'argon2id' | 'imported' | 'none';
}

/** A user as in RabbitMQ's definitions file. Holds a password hash: never log it. */
export interface UserDefinition {
  readonly name: string;
  /** Base64 for RabbitMQ's algorithms, a PHC string for ours, empty for a user without a password. */
  readonly passwordHash: string;
  /** One of `hashingAlgorithms`; when absent, RabbitMQ's default (SHA-256). */
  readonly hashingAlgorithm?: string;
  readonly tags: readonly string[];
}

/** Rights of one user in one virtual host: regular expressions over resource names; empty matches nothing. */
export interface Permission {
  readonly user: string;
  readonly vhost: string;
  readonly configure: string;
  readonly write: string;
  readonly read: string;
}

/** Rights of one user over routing keys of one topic exchange; `{username}`, `{vhost}`, `{client_id}` expand. */
export interface TopicPermission {
  readonly user: string;
  readonly vhost: string;
  readonly exchange: string;
  readonly write: string;
  readonly read: string;
}

/** What changed, told after the change is durable and in force. */
export type AccessChange =
  | {
      readonly kind: 'user-added' | 'user-deleted' | 'password-changed' | 'tags-changed';
      readonly user: string;
    }
  | {
      readonly kind: 'permissions-changed' | 'topic-permissions-changed';
      readonly user: string;
      readonly vhost: string;
    };

/** What an import did. */
export type ImportOutcome = 'created' | 'updated' | 'unchanged';
