/**
 * The AMQP server: listeners, their connections, and what concerns all of them. Invariant: after `stop` resolves
 * no socket is open, no timer runs, and the broker knows that every client is gone.
 */
import type { Server, Socket } from 'node:net';
import type { Access, AccessChange, TlsMaterial } from '../../access/index.js';
import type { BrokerFace } from '../../broker/index.js';
import type { Clock } from '../../kernel/index.js';
import { ChunkPool } from './chunk-pool.js';
import { ContentSource } from './codec/index.js';
import { Connection } from './connection.js';
import {
  ConnectionFrame,
  reportOf,
  type ConnectionFigures,
  type ConnectionReport,
} from './connection-report.js';
import { FlushQueue } from './flush-queue.js';
import { HeartbeatScan } from './heartbeat-scan.js';
import { Leases } from './leases.js';
import {
  listen,
  makeListener,
  makeLocalListener,
  type ListenerHandler,
  type ListenerOptions,
} from './listeners.js';
import { amqpEvents, type Logger } from './logger.js';
import { localPeer, peerOf, type Peer } from './peer.js';
import { PublisherHold } from './publisher-hold.js';
import { ThrottleBook } from './publisher-throttle.js';
import { emptyInboundMessage, streamAboveBytes, type Churn, type ServerContext } from './server-context.js';
import { serverProperties } from './server-properties.js';
import type { AmqpSettings } from './settings.js';

/** What an AMQP server needs. */
export interface AmqpServerOptions {
  readonly broker: BrokerFace;
  readonly access: Access;
  readonly settings: AmqpSettings;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Where `start` listens; further servers come from `makeServer`. */
  readonly listeners?: readonly ListenerOptions[];
  /** Sluice's own version. */
  readonly version: string;
  /** Told to clients as `cluster_name`. */
  readonly clusterName: string;
}

export class AmqpServer {
  readonly #options: AmqpServerOptions;
  readonly #context: ServerContext;
  readonly #connections = new Set<Connection>();
  readonly #stops: (() => void)[] = [];
  /** Servers made and not closed yet, and the ports of those that `start` opened. */
  readonly #servers = new Set<Server>();
  #ports: number[] = [];
  #stage: 'new' | 'running' | 'stopping' | 'stopped' = 'new';
  #stopping: Promise<void> | undefined;
  #onEmpty: (() => void) | undefined;
  #localPeers = 0;
  #refusedConnections = 0;
  #refusalLoggedAt = -1;

  constructor(options: AmqpServerOptions) {
    this.#options = options;
    const { broker, access, settings, clock, logger } = options;
    this.#context = {
      broker,
      access,
      settings,
      clock,
      logger,
      serverProperties: serverProperties(options.version, options.clusterName),
      pool: new ChunkPool(),
      flushQueue: new FlushQueue(() => broker.durableSequence),
      scan: new HeartbeatScan(clock, this.#connections),
      leases: new Leases(),
      hold: new PublisherHold(broker),
      throttles: new ThrottleBook(clock),
      churn: { connectionsOpened: 0, connectionsClosed: 0, channelsOpened: 0, channelsClosed: 0 },
      limits: {
        streamAboveBytes: Math.min(streamAboveBytes, settings.messageBytesMax),
        messageBytesMax: settings.messageBytesMax,
      },
      inbound: emptyInboundMessage(),
      source: new ContentSource(),
    };
  }

  /** The ports that `start` opened, in the order of the listeners. */
  get ports(): readonly number[] {
    return this.#ports;
  }

  /** Limits that operators have put on publishers. */
  get throttles(): ThrottleBook {
    return this.#context.throttles;
  }

  /** Connections turned away because there were too many. */
  get refusedConnections(): number {
    return this.#refusedConnections;
  }

  /**
   * Listens on every address, or on none. Does nothing when it runs.
   *
   * @throws SluiceError `port-taken` and the others of `listen`.
   */
  async start(): Promise<void> {
    if (this.#stage !== 'new') return;
    this.#stage = 'running';
    const { broker, access } = this.#options;
    const { flushQueue, hold, scan } = this.#context;
    this.#stops.push(
      broker.onDurable((sequence) => {
        flushQueue.advance(sequence);
      }),
      access.onChange((change) => {
        this.#accessChanged(change);
      }),
      () => {
        hold.stop();
      },
      () => {
        scan.stop();
      },
    );
    hold.start();
    scan.start();
    try {
      for (const options of this.#options.listeners ?? []) await this.#listen(options);
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  /** Makes a server for whoever wants to open the port: AMQP over TLS with `tls`, else plain. `stop` closes it. */
  makeServer(tls?: TlsMaterial): Server {
    return this.#keep(makeListener(tls, this.#listenerHandler()));
  }

  /** Makes a server for a Unix socket that only the operator may open: whoever connects is the operator. */
  makeLocalServer(): Server {
    const connected = (socket: Socket): void => {
      this.#connected(socket, localPeer(++this.#localPeers));
    };
    return this.#keep(makeLocalListener({ ...this.#listenerHandler(), connected }));
  }

  #keep(server: Server): Server {
    this.#servers.add(server);
    server.once('close', () => {
      this.#servers.delete(server);
    });
    return server;
  }

  /** Accepts no more, says goodbye to every client, and waits for them for a bounded time. Safe to call twice. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  /** Every connection, for views. */
  connections(): ConnectionReport[] {
    return [...this.eachReport()];
  }

  /** The same one by one; who comes or goes meanwhile may be among them or not. */
  *eachReport(): Generator<ConnectionReport, void, undefined> {
    for (const connection of this.#connections) yield reportOf(connection);
  }

  /** Every connection in figures, in one object that is filled again for each: copy what is kept. */
  *eachConnection(): Generator<ConnectionFigures, void, undefined> {
    const frame = new ConnectionFrame();
    for (const connection of this.#connections) yield frame.fill(connection);
  }

  /** Connections and channels that came and went. */
  get churn(): Readonly<Churn> {
    return this.#context.churn;
  }

  get connectionCount(): number {
    return this.#connections.size;
  }

  /** Closes the connection of that name with code 320; false where there is none. */
  closeConnection(name: string, reason: string): boolean {
    for (const connection of this.#connections) {
      if (connection.peer.name !== name) continue;
      connection.close(reason);
      return true;
    }
    return false;
  }

  async #listen(options: ListenerOptions): Promise<void> {
    const server = this.makeServer(options.tls);
    const { address, port } = await listen(server, options, this.#options.settings.backlog);
    this.#ports.push(port);
    const tls = options.tls !== undefined;
    this.#options.logger.info(
      { event: amqpEvents.listening, host: address, port, tls },
      `AMQP listens on ${address}:${port}${tls ? ' (TLS)' : ''}`,
    );
  }

  #listenerHandler(): ListenerHandler {
    return {
      handshakeMs: this.#options.settings.handshakeMs,
      connected: (socket) => {
        this.#connected(socket, peerOf(socket));
      },
      tlsFailed: (error, peerAddress) => {
        this.#options.logger.info(
          { event: amqpEvents.tlsFailed, peerAddress, reason: error.message },
          'a TLS handshake failed',
        );
      },
      failed: (error) => {
        this.#options.logger.error({ event: amqpEvents.listenerFailed, err: error }, 'a listener failed');
      },
    };
  }

  #connected(socket: Socket, peer: Peer): void {
    if (this.#stage !== 'running' || this.#connections.size >= this.#options.settings.connectionsMax) {
      this.#refuse();
      socket.destroy();
      return;
    }
    this.#context.churn.connectionsOpened++;
    this.#connections.add(
      new Connection(this.#context, socket, peer, (connection) => {
        this.#connections.delete(connection);
        this.#context.churn.connectionsClosed++;
        if (this.#connections.size === 0) this.#onEmpty?.();
      }),
    );
  }

  /** A flood of connections must not become a flood of lines: at most one a tick. */
  #refuse(): void {
    this.#refusedConnections++;
    if (this.#refusalLoggedAt === this.#context.scan.now) return;
    this.#refusalLoggedAt = this.#context.scan.now;
    const message = `connections are turned away: there are too many (${this.#refusedConnections} so far)`;
    this.#log('warn', amqpEvents.connectionLimit, message);
  }

  #accessChanged(change: AccessChange): void {
    for (const connection of this.#connections) {
      const session = connection.session;
      const identity = session?.info.identity;
      // The operator is no user, even where a user has its name.
      if (session === undefined || identity?.kind !== 'user' || identity.name !== change.user) continue;
      if (change.kind === 'user-deleted') {
        connection.close(`user '${change.user}' was deleted`);
      } else if (change.kind === 'permissions-changed' && change.vhost === session.info.vhost) {
        if (session.rights.admitted) session.recheckRights();
        else connection.close(`user '${change.user}' may no longer enter vhost '${change.vhost}'`);
      }
    }
  }

  async #stop(): Promise<void> {
    const { stage } = { stage: this.#stage };
    this.#stage = 'stopping';
    // A server that never listened throws nothing here: `close` only reports it.
    for (const server of this.#servers) server.close();
    for (const connection of this.#connections) {
      connection.close("broker forced connection closure with reason 'shutdown'");
    }
    await this.#drained();
    for (const stop of this.#stops) stop();
    this.#stops.length = 0;
    this.#stage = 'stopped';
    if (stage === 'running') this.#log('info', amqpEvents.stopped, 'AMQP stopped');
  }

  /** Resolves when every connection ended; the scan ends those that take too long. */
  #drained(): Promise<void> {
    if (this.#connections.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const giveUp = this.#options.clock.after(2 * this.#options.settings.closeMs, () => {
        for (const connection of this.#connections) connection.destroy();
      });
      this.#onEmpty = () => {
        giveUp();
        resolve();
      };
    });
  }

  #log(level: 'info' | 'warn', event: string, message: string): void {
    this.#options.logger[level]({ event }, message);
  }
}
