import type { BrokerServer, ServerOptions } from './server.mjs';

/** Which server the suites run against, by the environment's `SLUICE_ORACLE`. */
export const examined: 'sluice' | 'rabbitmq';

/** Why the examined server cannot be started, or undefined when it can. */
export function brokerUnavailable(): string | undefined;

/** Starts the examined server. */
export function startBroker(options?: ServerOptions): Promise<BrokerServer>;
