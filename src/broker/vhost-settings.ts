/**
 * What is set of a virtual host: what it is for, and how much of it may be used. Invariant: it counts in the hash of the
 * state only where something is set, so that journals that are older keep their hashes.
 */
import { SluiceError } from '../kernel/index.js';
import type { StateHash } from './state-hash.js';

export interface VhostSettings {
  readonly description: string;
  readonly tags: readonly string[];
  /** Undefined: no limit. Queues that stand already stay. */
  readonly queuesMax: number | undefined;
  /** Of clients over the network; undefined: no limit. Those that are open stay open. */
  readonly connectionsMax: number | undefined;
}

/** The whole of the settings, as they stand from now on. */
export interface VhostSettingsChange extends Partial<Pick<VhostSettings, 'connectionsMax' | 'queuesMax'>> {
  readonly op: 'vhost-settings';
  readonly name: string;
  readonly description: string;
  readonly tags: readonly string[];
}

export const noVhostSettings: VhostSettings = {
  description: '',
  tags: [],
  queuesMax: undefined,
  connectionsMax: undefined,
};

const descriptionBytesMax = 1_024;
const tagsMax = 64;
const tagBytesMax = 255;

/** Throws `bad-input`. */
export function checkVhostSettings({ description, tags, ...limits }: VhostSettings): void {
  if (Buffer.byteLength(description) > descriptionBytesMax)
    throw new SluiceError('bad-input', `the description has more than ${descriptionBytesMax} bytes`);
  if (tags.length > tagsMax || tags.some((tag) => Buffer.byteLength(tag) > tagBytesMax))
    throw new SluiceError('bad-input', `more than ${tagsMax} tags, or one of more than ${tagBytesMax} bytes`);
  for (const limit of Object.values(limits))
    if (limit !== undefined && (!Number.isSafeInteger(limit) || limit < 0))
      throw new SluiceError('bad-input', 'a limit is a whole number from 0');
}

/** Undefined: nothing is set. */
export function vhostSettingsChange(name: string, settings: VhostSettings): VhostSettingsChange | undefined {
  const { description, tags, queuesMax, connectionsMax } = settings;
  const limits = {
    ...(queuesMax === undefined ? {} : { queuesMax }),
    ...(connectionsMax === undefined ? {} : { connectionsMax }),
  };
  if (description === '' && tags.length === 0 && Object.keys(limits).length === 0) return undefined;
  return { op: 'vhost-settings', name, description, tags, ...limits };
}

/** Does what a record says, and keeps the hash of the state with it. */
export function applyVhostSettings(
  vhost: { readonly name: string; settings: VhostSettings },
  { description, tags, queuesMax, connectionsMax }: Omit<VhostSettingsChange, 'name' | 'op'>,
  hash: StateHash,
): void {
  count(-1, vhost, hash);
  vhost.settings = { description, tags, queuesMax, connectionsMax };
  count(1, vhost, hash);
}

function count(
  sign: 1 | -1,
  { name, settings }: { readonly name: string; readonly settings: VhostSettings },
  hash: StateHash,
): void {
  const change = vhostSettingsChange(name, settings);
  if (change !== undefined) hash.topology(sign, `vhost-settings\0${JSON.stringify(change)}`);
}

/** Throws `precondition-failed` where the virtual host may have no more queues. */
export function requireQueueRoom(
  vhost: { readonly name: string; readonly settings: VhostSettings },
  queues: number,
  name: string,
): void {
  const { queuesMax } = vhost.settings;
  if (queuesMax === undefined || queues < queuesMax) return;
  throw new SluiceError(
    'precondition-failed',
    `cannot declare queue '${name}' in vhost '${vhost.name}': queue limit in vhost '${vhost.name}' (${queuesMax}) is reached`,
  );
}
