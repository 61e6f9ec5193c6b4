/** `/api/vhost-limits`: how many queues a virtual host may have, and how many connections of clients. */
import { SluiceError } from '../../../kernel/index.js';
import { runOperation } from '../../api/operation-route.js';
import type { Item } from '../columns.js';
import { missing } from '../fields.js';
import { requireVhost, seenBy } from '../operation.js';
import {
  administers,
  anyone,
  done,
  get,
  json,
  put,
  remove,
  viewsVhost,
  type RabbitAnswer,
  type RabbitRoute,
  type Visit,
} from '../rabbit-route.js';

/** RabbitMQ's names of limits, each with what it sets. */
const limits = { 'max-queues': 'queuesMax', 'max-connections': 'connectionsMax' } as const;
type LimitName = keyof typeof limits;

/** Undefined: nothing is limited. */
function limitItem({ call }: Visit, vhost: string): Item | undefined {
  const settings = call.services.broker.administration.vhostSettings(vhost);
  const entries = Object.entries(limits).flatMap(([name, setting]) => {
    const value = settings[setting];
    return value === undefined ? [] : [[name, value] as const];
  });
  return entries.length === 0 ? undefined : { vhost, value: Object.fromEntries(entries) };
}

function listed(visit: Visit, vhosts: readonly string[]): RabbitAnswer {
  return json(vhosts.flatMap((vhost) => limitItem(visit, vhost) ?? []));
}

function failed(reason: string): SluiceError {
  return new SluiceError('bad-input', `Validation failed\n\n${reason}\n`);
}

/** A limit below 0 is none, as in RabbitMQ. Throws `bad-input`. */
async function setLimit(visit: Visit): Promise<RabbitAnswer> {
  await requireVhost(visit);
  const value = visit.fields.get('value');
  if (value === undefined) throw missing('value');
  const name = visit.path('name');
  if (!Object.hasOwn(limits, name)) {
    const told = typeof value === 'number' ? String(value) : JSON.stringify(value);
    throw failed(`Unrecognised terms [{<<"${name}">>,${told}}] in limits`);
  }
  if (typeof value !== 'number' || !Number.isSafeInteger(value))
    throw failed(`${name} should be a number, actually was <<${JSON.stringify(value)}>>`);
  return change(visit, name as LimitName, value < 0 ? null : value);
}

async function change(visit: Visit, name: LimitName, value: number | null): Promise<RabbitAnswer> {
  await runOperation(visit.call, 'vhost.set', { vhost: visit.vhost, [limits[name]]: value });
  return done;
}

/** What was never set is cleared: tools clear limits before they set others. */
async function clearLimit(visit: Visit): Promise<RabbitAnswer> {
  await requireVhost(visit);
  const name = visit.path('name');
  return Object.hasOwn(limits, name) ? change(visit, name as LimitName, null) : done;
}

export const vhostLimitRoutes: readonly RabbitRoute[] = [
  get('/vhost-limits', anyone, (visit) => {
    const vhosts = visit.call.services.broker.administration.listVirtualHosts();
    const isSeen = seenBy(visit.caller);
    return listed(
      visit,
      vhosts.filter((vhost) => isSeen({ vhost })),
    );
  }),
  get('/vhost-limits/{vhost}', viewsVhost, async (visit) => {
    await requireVhost(visit);
    return listed(visit, [visit.vhost]);
  }),
  put('/vhost-limits/{vhost}/{name}', administers, setLimit),
  remove('/vhost-limits/{vhost}/{name}', administers, clearLimit),
];
