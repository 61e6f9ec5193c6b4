/** The engine over AMQP 0-9-1: RabbitMQ, or a Sluice server. */
export { openRabbitmq, type RabbitmqOptions } from './open-rabbitmq.js';
