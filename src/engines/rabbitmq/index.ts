/** The engine over AMQP 0-9-1: RabbitMQ, or a Sluice server. */
export { openLocal, openRabbitmq, type LocalOptions, type RabbitmqOptions } from './open-rabbitmq.js';
