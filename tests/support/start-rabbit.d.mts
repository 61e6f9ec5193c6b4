import type { BrokerServer, ServerOptions } from './server.mjs';

/** Why RabbitMQ cannot be started here, or undefined when it can. `root` defaults to SLUICE_RABBITMQ_ROOT. */
export function rabbitUnavailable(root?: string): string | undefined;

/** Starts a RabbitMQ of its own; resolves once it accepts connections. */
export function startRabbit(
  options?: ServerOptions & { readonly root?: string; readonly plugins?: readonly string[] },
): Promise<BrokerServer>;
