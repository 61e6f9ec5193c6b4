/**
 * The server that a suite examines: Sluice, or RabbitMQ when `SLUICE_ORACLE=rabbitmq`, by which the
 * expectations themselves are proven.
 */
import { rabbitUnavailable, startRabbit } from './start-rabbit.mjs';
import { sluiceUnavailable, startSluice } from './start-sluice.mjs';

/** Which server the suites run against. */
export const examined = process.env.SLUICE_ORACLE === 'rabbitmq' ? 'rabbitmq' : 'sluice';

/** Why the examined server cannot be started, or undefined when it can. */
export function brokerUnavailable() {
  return examined === 'rabbitmq' ? rabbitUnavailable() : sluiceUnavailable();
}

/** Starts the examined server. */
export function startBroker(options) {
  return examined === 'rabbitmq' ? startRabbit(options) : startSluice(options);
}
