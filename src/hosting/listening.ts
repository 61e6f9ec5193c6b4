/** Starting a protocol's listeners on the configured ports, and saying well why one cannot be opened. */
import type { TlsMaterial } from '../access/index.js';
import type { PortSetting } from '../config/index.js';
import { SluiceError } from '../kernel/index.js';
import { choosePort, takenAddress } from './addresses.js';
import { portHolder } from './port-holder.js';

/** Where a protocol listens. */
export interface ListenerPlan {
  readonly host: string;
  readonly port: number;
  readonly tls?: TlsMaterial;
}

/** A protocol's part of the settings, and the flags that change it. */
export interface ListenerRequest {
  readonly port: PortSetting;
  readonly tlsPort: PortSetting;
  readonly flags: { readonly plain: string; readonly encrypted: string };
  readonly addresses: readonly string[];
  readonly tls: TlsMaterial | undefined;
  /** What to do about a taken port; unless given, the flag that avoids it. */
  readonly advice?: string;
}

const attempts = 5;

async function planFor(
  port: PortSetting,
  request: ListenerRequest,
  tls?: TlsMaterial,
): Promise<ListenerPlan[]> {
  if (port === 'off') return [];
  const chosen = await choosePort(port, request.addresses);
  return request.addresses.map((host) => ({ host, port: chosen, ...(tls === undefined ? {} : { tls }) }));
}

async function plansFor(request: ListenerRequest): Promise<ListenerPlan[]> {
  const { tls } = request;
  const encrypted = tls === undefined ? [] : await planFor(request.tlsPort, request, tls);
  return [...(await planFor(request.port, request)), ...encrypted];
}

/** Names the holder of a taken port, and the flag that avoids it. */
async function explained(
  error: SluiceError,
  { flags, port, tlsPort, advice }: ListenerRequest,
): Promise<SluiceError> {
  const taken = error.details['port'];
  const flag = taken === tlsPort && taken !== port ? flags.encrypted : flags.plain;
  const instead =
    advice ?? `Choose another with --${flag} PORT (0: any free one), or none with --${flag} off.`;
  const holder =
    error.code === 'port-taken' && typeof taken === 'number' ? await portHolder(taken) : undefined;
  const by = holder === undefined ? '' : ` by ${holder.name} (process ${holder.pid})`;
  return new SluiceError(error.code, `${error.message}${by}. ${instead}`, {
    cause: error,
    details: { ...error.details, ...(holder === undefined ? {} : { holder }) },
  });
}

/**
 * Finds out before a long recovery whether a port is taken. Rejects with 'port-taken', explained; the listeners
 * themselves may still be refused later.
 */
export async function checkPorts(request: ListenerRequest): Promise<void> {
  for (const port of [request.port, request.tls === undefined ? 'off' : request.tlsPort]) {
    if (port === 'off' || port === 0) continue;
    const address = await takenAddress(request.addresses, port);
    if (address === undefined) continue;
    const details = { port, host: address };
    const error = new SluiceError('port-taken', `port ${port} on ${address} is taken`, { details });
    throw await explained(error, request);
  }
}

const listenCodes = new Set(['port-taken', 'connection-failed', 'access-refused']);

/**
 * Plans the listeners and lets `start` open them. Where any free port will do and somebody took it meanwhile,
 * it plans anew. Rejects with what `start` rejected with, explained.
 */
export async function startListening<Started>(
  request: ListenerRequest,
  start: (plans: readonly ListenerPlan[]) => Promise<Started>,
): Promise<Started> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await start(await plansFor(request));
    } catch (error) {
      if (!(error instanceof SluiceError) || !listenCodes.has(error.code)) throw error;
      const anyPort = request.port === 0 || (request.tls !== undefined && request.tlsPort === 0);
      if (!anyPort || attempt === attempts) throw await explained(error, request);
    }
  }
}
