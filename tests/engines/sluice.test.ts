/** The engine over AMQP takes the exam against a Sluice server. */
import { describe, test } from 'vitest';
import { sluiceUnavailable, startSluice } from '../support/start-sluice.mjs';
import { exerciseEngine } from './exercise-engine.js';
import { serverTarget } from './target.js';

const reason = sluiceUnavailable();

describe.skipIf(reason !== undefined)('over AMQP to a Sluice server', () => {
  exerciseEngine(() => serverTarget(startSluice));
});

test.runIf(reason !== undefined)('the exam against a Sluice server', (context) => {
  context.skip(reason);
});
