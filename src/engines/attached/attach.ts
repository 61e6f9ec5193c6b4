/** One attachment: finds the owner by the control socket and opens an engine over its AMQP socket. */
import { connectControl, withSocketPath, type ControlClient } from '../../control/index.js';
import { SluiceError, type Clock } from '../../kernel/index.js';
import { openLocal } from '../rabbitmq/index.js';
import type { Engine } from '../index.js';

export interface AttachOptions {
  readonly directory: string;
  readonly clock: Clock;
  readonly name: string | undefined;
  /** How long the owner waits for this process before others get what it holds. */
  readonly leaseMs: number | undefined;
}

/** An engine over a connection to the owner, and its end. */
export interface Attachment {
  readonly engine: Engine;
  /** Calls `listener` when the connection is gone, before the calls under way reject with `connection-failed`. */
  onLost(listener: () => void): void;
}

/**
 * Resolves once the owner has recovered and serves. Undefined when nobody owns the directory. Rejects with `closed` or
 * `connection-failed` (both retryable) when the owner ends meanwhile, `timeout` when it does not answer, and
 * `unsupported` for an owner of a release that lets nobody attach.
 */
export async function attachTo(options: AttachOptions): Promise<Attachment | undefined> {
  const { directory } = options;
  const client = await connectControl(directory);
  if (client === undefined) return undefined;
  try {
    const socket = await askSocket(client);
    return await attachThrough(socket, options);
  } finally {
    client.close();
  }
}

async function attachThrough(
  socket: string,
  { directory, clock, name, leaseMs }: AttachOptions,
): Promise<Attachment> {
  let isLost = false;
  let tell = (): void => undefined;
  const onLost = (): void => {
    isLost = true;
    tell();
  };
  const engine = await openLocal({
    reach: (use) => withSocketPath(directory, socket, use),
    address: directory,
    clock,
    name,
    leaseMs,
    onLost,
  });
  return {
    engine,
    onLost(listener) {
      tell = listener;
      if (isLost) listener();
    },
  };
}

/** The name of the owner's AMQP socket. */
async function askSocket(client: ControlClient): Promise<string> {
  try {
    const { socket } = (await client.call('attach', {}).result) as { readonly socket: string };
    return socket;
  } catch (error) {
    if (!(error instanceof SluiceError) || error.code !== 'not-implemented') throw error;
    const { pid, version } = client.hello;
    throw new SluiceError(
      'unsupported',
      `the owner of the directory, process ${pid} with Sluice ${version}, lets nobody attach`,
      { cause: error, details: { owner: client.hello } },
    );
  }
}
