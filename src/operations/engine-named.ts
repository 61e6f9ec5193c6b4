/** Which engine, and which of its queues, an operator means. */
import { z } from 'zod';
import { SluiceError } from '../kernel/index.js';
import { ownEngine } from './broker-sources.js';
import type { EngineBeside } from './engines-beside.js';
import { givenName, vhostName } from './inputs.js';
import type { Services } from './services.js';

/** A name as the configuration has them. */
export const engineName = z.string().min(1).max(64);

/** A queue of an engine. */
export const engineQueueName = z.strictObject({ engine: engineName, vhost: vhostName, queue: givenName });

/** The engine beside of that name; undefined: it is the own one. Throws `not-found`. */
export function besideNamed({ engines }: Services, name: string): EngineBeside | undefined {
  if (name === ownEngine) return undefined;
  const found = engines?.beside.find((engine) => engine.name === name);
  if (found !== undefined) return found;
  throw new SluiceError('not-found', `there is no engine '${name.slice(0, 64)}' in the configuration`);
}
