/**
 * A connection from its protocol header to its virtual host: runs the handshake against access and the broker.
 * Invariant: `opened` is called at most once, and only for an identity that may enter the virtual host.
 */
import type { Identity } from '../../access/index.js';
import { emptyFieldTable, type FieldTable } from '../../broker/index.js';
import { assert } from '../../kernel/index.js';
import { methodNumber, ProtocolViolation, replyCodes, type Method } from './codec/index.js';
import { Handshake, type Claim, type HandshakeStep, type Tuning } from './handshake.js';
import type { Peer } from './peer.js';
import { replyOf, type Reply } from './reply-codes.js';
import type { ClientCapabilities } from './server-properties.js';
import type { ServerContext } from './server-context.js';
import { signIn } from './sign-in.js';

/** What the handshake led to. */
export interface OpenedConnection {
  readonly identity: Identity;
  readonly vhost: string;
  readonly tuning: Tuning;
  readonly capabilities: ClientCapabilities;
  readonly clientProperties: FieldTable;
}

/** What opening needs of its connection. */
export interface OpeningHost {
  readonly peer: Peer;
  send(channel: number, method: Method, sequence: number): void;
  suspend(): () => void;
  fail(thrown: unknown, method: number): void;
  /** The sign-in failed: `reply` is for clients that can take one. */
  refused(reply: Reply | undefined): void;
  tuned(tuning: Tuning): void;
  opened(result: OpenedConnection): void;
}

export class Opening {
  readonly #context: ServerContext;
  readonly #host: OpeningHost;
  readonly #handshake: Handshake;
  #identity: Identity | undefined;
  #tuning: Tuning | undefined;
  #isOver = false;

  constructor(context: ServerContext, host: OpeningHost) {
    this.#context = context;
    this.#host = host;
    const { channelMax, frameBytesMax, heartbeatSeconds } = context.settings;
    this.#handshake = new Handshake({
      serverProperties: context.serverProperties,
      channelMax,
      frameBytesMax,
      // The kernel tells at once when a process on this machine is gone; a busy one is left alone.
      heartbeatSeconds: host.peer.isLocal ? 0 : heartbeatSeconds,
      offersExternal: host.peer.authorized || host.peer.isLocal,
    });
    host.send(0, this.#handshake.start(), 0);
  }

  /** Takes a method of channel 0. Throws for what ends the connection. */
  receive(method: Method): void {
    const step = this.#handshake.receive(method);
    this.#take(step);
  }

  /** The connection ends: a sign-in under way has no effect any more. */
  stop(): void {
    this.#isOver = true;
  }

  #take(step: HandshakeStep): void {
    switch (step.kind) {
      case 'sign-in':
        void this.#signIn(step.claim);
        return;
      case 'refuse':
        void this.#signIn(undefined);
        return;
      case 'tuned':
        this.#tuning = step.tuning;
        this.#host.tuned(step.tuning);
        return;
      case 'open':
        this.#open(step.vhost);
        return;
    }
  }

  async #signIn(claim: Claim | undefined): Promise<void> {
    const resume = this.#host.suspend();
    try {
      const identity = await signIn(this.#context, this.#host.peer, claim);
      if (!this.#isOver) this.#signedIn(identity);
    } catch (thrown) {
      this.#host.fail(thrown, methodNumber('connection.start-ok'));
    } finally {
      resume();
    }
  }

  #signedIn(identity: Identity | undefined): void {
    if (identity !== undefined) {
      this.#identity = identity;
      this.#host.send(0, this.#handshake.signedIn(), 0);
      return;
    }
    const { capabilities, mechanism } = this.#handshake;
    const message = `Login was refused using authentication mechanism ${mechanism!}. For details see the broker logfile.`;
    this.#host.refused(
      capabilities.authenticationFailureClose ? replyOf(replyCodes.accessRefused, message) : undefined,
    );
  }

  #open(vhost: string): void {
    assert(
      this.#identity !== undefined && this.#tuning !== undefined,
      'a virtual host is opened after the sign-in and the limits',
    );
    this.#requireVirtualHost(this.#identity, vhost);
    this.#isOver = true;
    this.#host.opened({
      identity: this.#identity,
      vhost,
      tuning: this.#tuning,
      capabilities: this.#handshake.capabilities,
      clientProperties: this.#handshake.clientProperties ?? emptyFieldTable,
    });
  }

  /** Only who administers is told whether a virtual host exists that it may not enter. */
  #requireVirtualHost(identity: Identity, vhost: string): void {
    const { access, broker } = this.#context;
    const found = broker.virtualHosts.get(vhost);
    const exists = found !== undefined;
    if (exists && access.decide(identity, { action: 'vhost-access', vhost }).allowed) {
      const { connectionsMax = Infinity } = found.settings;
      if (found.clients < connectionsMax) return;
      throw notAllowed(
        `access to vhost '${vhost}' refused for user '${identity.name}': connection limit (${connectionsMax}) is reached`,
      );
    }
    const isTold = access.decide(identity, { action: 'administer' }).allowed;
    const message =
      !exists && isTold
        ? `vhost ${vhost} not found`
        : `access to vhost '${vhost}' refused for user '${identity.name}'`;
    throw notAllowed(message);
  }
}

function notAllowed(message: string): ProtocolViolation {
  return new ProtocolViolation(replyCodes.notAllowed, message, methodNumber('connection.open'));
}
