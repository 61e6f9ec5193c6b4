/**
 * `/api/health/checks`: whether something is as it should be. Invariant: a check that cannot be made does not say that
 * all is well.
 */
import { SluiceError } from '../../../kernel/index.js';
import type { ServerStatus } from '../../../operations/index.js';
import { runOperation } from '../../api/operation-route.js';
import { nodeName } from '../identity.js';
import { listenerItems } from '../listeners.js';
import {
  anyone,
  get,
  json,
  monitors,
  type RabbitAnswer,
  type RabbitRoute,
  type Visit,
} from '../rabbit-route.js';

const status = ({ call }: Visit): Promise<ServerStatus> => runOperation(call, 'status', {});

function failed(reason: string, facts: Readonly<Record<string, unknown>>): RabbitAnswer {
  return json({ status: 'failed', reason, ...facts }, 503);
}

const ok = (facts: Readonly<Record<string, unknown>> = {}): RabbitAnswer => json({ status: 'ok', ...facts });

function alarmCheck(where: string) {
  return async (visit: Visit): Promise<RabbitAnswer> => {
    const { alarms } = await status(visit);
    if (alarms.length === 0) return ok();
    const raised = alarms.map((resource) => ({ node: nodeName, resource }));
    return failed(`There are alarms in effect ${where}`, { alarms: raised });
  };
}

async function portCheck(visit: Visit): Promise<RabbitAnswer> {
  const wanted = visit.path('port');
  if (!/^\d{1,5}$/.test(wanted)) throw new SluiceError('bad-input', 'Invalid port');
  const ports = Object.values((await status(visit)).ports);
  if (ports.includes(Number(wanted))) return ok({ port: Number(wanted) });
  return failed('No active listener', { missing: Number(wanted), ports });
}

async function protocolCheck(visit: Visit): Promise<RabbitAnswer> {
  const wanted = visit.path('protocol');
  const { ports, addresses } = await status(visit);
  const protocols = [...new Set(listenerItems({ ports, addresses }).map(({ protocol }) => protocol))];
  // RabbitMQ takes names with and without their versions.
  const name = { amqp091: 'amqp', 'amqp0.9.1': 'amqp', amqps: 'amqp/ssl' }[wanted] ?? wanted;
  if (protocols.includes(name)) return ok({ protocol: wanted });
  return failed('No active listener', { missing: wanted, protocols });
}

const unitDays: Readonly<Record<string, number>> = { days: 1, weeks: 7, months: 30, years: 365 };
const dayMs = 86_400_000;

async function certificateCheck(visit: Visit): Promise<RabbitAnswer> {
  const [within, unit] = [visit.path('within'), visit.path('unit')];
  const days = Object.hasOwn(unitDays, unit) ? unitDays[unit] : undefined;
  if (days === undefined) {
    const words = 'Time unit not recognised. Supported units: days, weeks, months, years.';
    throw new SluiceError('bad-input', words);
  }
  if (!/^\d{1,5}$/.test(within)) throw new SluiceError('bad-input', 'Invalid expiration value.');
  const { certificateExpiresMs } = await status(visit);
  const limitMs = visit.source.clock.now() + Number(within) * days * dayMs;
  if (certificateExpiresMs === undefined || certificateExpiresMs > limitMs) return ok();
  const expiresAt = new Date(certificateExpiresMs).toISOString();
  return failed('Certificates expiring', { expired: [{ node: nodeName, cert_expires_on: expiresAt }] });
}

async function readyCheck(visit: Visit): Promise<RabbitAnswer> {
  const readiness = visit.source.readiness();
  return Promise.resolve(readiness.ready ? ok() : failed(readiness.reason, {}));
}

/** Queues have one home, so no other node could be missed. */
const single = (): RabbitAnswer => ok({ reason: 'single node cluster' });

/** A quorum of one is there, and its virtual hosts are open, while the server is ready. */
export const healthRoutes: readonly RabbitRoute[] = [
  get('/health/checks/alarms', anyone, alarmCheck('in the cluster')),
  get('/health/checks/local-alarms', anyone, alarmCheck('on the node')),
  get('/health/checks/port-listener/{port}', anyone, portCheck),
  get('/health/checks/protocol-listener/{protocol}', anyone, protocolCheck),
  get('/health/checks/certificate-expiration/{within}/{unit}', anyone, certificateCheck),
  get('/health/checks/virtual-hosts', anyone, readyCheck),
  get('/health/checks/is-in-service', anyone, readyCheck),
  get('/health/checks/ready-to-serve-clients', anyone, readyCheck),
  get('/health/checks/node-is-mirror-sync-critical', anyone, single),
  get('/health/checks/node-is-quorum-critical', anyone, single),
  get('/healthchecks/node', monitors, alarmCheck('on the node')),
  get('/healthchecks/node/{name}', monitors, alarmCheck('on the node')),
];
