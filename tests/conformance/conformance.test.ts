/** The exam against Sluice, or against RabbitMQ when SLUICE_ORACLE=rabbitmq. */
import { startBroker } from '../support/start-broker.mjs';
import { exerciseBroker } from './exercise-broker.js';

exerciseBroker(startBroker);
