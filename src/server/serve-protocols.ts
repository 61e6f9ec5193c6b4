/** Opens the listeners of every protocol, and notes where they are. */
import { hostname } from 'node:os';
import { openTlsMaterial, type Access, type TlsMaterial } from '../access/index.js';
import type { Broker } from '../broker/index.js';
import { sluiceVersion } from '../config/index.js';
import { systemRandom } from '../kernel/index.js';
import { checkPorts, startListening, type ListenerRequest } from '../hosting/index.js';
import type { HttpServer, HttpSource, Sessions } from '../http/index.js';
import { amqpEvents, AmqpServer } from '../protocols/amqp/index.js';
import type { Boot } from './boot.js';
import type { Log } from './log.js';
import type { OpenListener } from './server-state.js';

export async function loadCertificates({ settings, clock, log }: Boot): Promise<TlsMaterial | undefined> {
  if (settings.tls === undefined) return undefined;
  const tls = await openTlsMaterial(settings.tls, clock);
  for (const warning of tls.certificate.warnings) log.warn({ event: 'tls.warning' }, warning);
  return tls;
}

/** Gives the sessions of browsers; undefined: nothing listens. */
export async function serveHttp(boot: Boot, tls: TlsMaterial | undefined): Promise<Sessions | undefined> {
  const { port, tlsPort, names, openMetrics, session } = boot.settings.http;
  if (port === 'off' && (tls === undefined || tlsPort === 'off')) return undefined;
  const { startHttp, Sessions } = await import('../http/index.js');
  const sessions = new Sessions({
    clock: boot.clock,
    random: systemRandom(),
    settings: { idleMs: session.idle, longestMs: session.longest },
  });
  const source: HttpSource = {
    clock: boot.clock,
    sessions,
    version: sluiceVersion(),
    settings: { names, openMetrics },
    readiness: () =>
      boot.state.state === 'ready' ? { ready: true } : { ready: false, reason: boot.state.state },
    parts: () => Promise.resolve(boot.state.state === 'ready' ? boot.state.parts : undefined),
    failed: (error: unknown) => {
      boot.log.error({ event: 'http.failed', err: error }, 'An HTTP request failed');
    },
  };
  const flags = { plain: 'http', encrypted: 'https' };
  const http: HttpServer = await startListening(
    { port, tlsPort, flags, addresses: boot.addresses, tls },
    (plans) => startHttp(plans, source),
  );
  boot.stack.push('HTTP', () => http.stop());
  noteListeners(boot, http.listeners, 'http', 'https');
  return sessions;
}

function noteListeners(
  { state }: Boot,
  listeners: readonly { readonly host: string; readonly port: number; readonly isEncrypted: boolean }[],
  plain: OpenListener['protocol'],
  encrypted: OpenListener['protocol'],
): void {
  for (const { host, port, isEncrypted } of listeners) {
    state.listeners.push({ protocol: isEncrypted ? encrypted : plain, host, port });
  }
}

/** Listening is told once, by the lines on standard output. */
function quietly(log: Log): Log {
  return {
    ...log,
    info: (fields, message) => {
      log[fields['event'] === amqpEvents.listening ? 'debug' : 'info'](fields, message);
    },
  };
}

function amqpListeners({ settings, addresses }: Boot, tls: TlsMaterial | undefined): ListenerRequest {
  const { port, tlsPort } = settings.amqp;
  return { port, tlsPort, flags: { plain: 'amqp', encrypted: 'amqps' }, addresses, tls };
}

export async function serveAmqp(
  boot: Boot,
  parts: { readonly broker: Broker; readonly access: Access; readonly tls: TlsMaterial | undefined },
): Promise<AmqpServer> {
  const { settings, clock, log, stack } = boot;
  const { broker, access, tls } = parts;
  const amqp = await startListening(amqpListeners(boot, tls), async (listeners) => {
    const server = new AmqpServer({
      broker,
      access,
      settings: { ...settings.amqp, messageBytesMax: settings.limits.messageSize },
      clock,
      logger: quietly(log),
      listeners,
      version: sluiceVersion(),
      clusterName: `sluice@${hostname()}`,
    });
    await server.start();
    const opened = listeners.map((plan, index) => ({
      host: plan.host,
      port: server.ports[index] ?? plan.port,
      isEncrypted: plan.tls !== undefined,
    }));
    noteListeners(boot, opened, 'amqp', 'amqps');
    return server;
  });
  stack.push('AMQP', () => amqp.stop());
  return amqp;
}

/** Finds a taken port before a long recovery rather than after it. */
export function checkAmqpPorts(boot: Boot, tls: TlsMaterial | undefined): Promise<void> {
  return checkPorts(amqpListeners(boot, tls));
}
