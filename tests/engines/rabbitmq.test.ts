/** The engine over AMQP takes the exam against RabbitMQ; skipped, with the reason, where it is not installed. */
import { describe, test } from 'vitest';
import { rabbitUnavailable, startRabbit } from '../support/start-rabbit.mjs';
import { exerciseEngine } from './exercise-engine.js';
import { serverTarget } from './target.js';

const reason = rabbitUnavailable();

describe.skipIf(reason !== undefined)('over AMQP to RabbitMQ', () => {
  exerciseEngine(() => serverTarget(startRabbit));
});

test.runIf(reason !== undefined)('the exam against RabbitMQ', (context) => {
  if (process.env['SLUICE_REQUIRE_ALL'] === '1') throw new Error(reason);
  context.skip(reason);
});
