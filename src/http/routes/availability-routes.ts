/** `/v1/availability`: how available engines were, against a goal. */
import { z } from 'zod';
import { engineAvailability } from '../api/availability-answer.js';
import { operationRoute } from '../api/operation-route.js';
import type { Route } from '../api/route.js';

const epochMs = z.number().describe('milliseconds since the Unix epoch');

const availabilityAnswer = z.object({
  fromMs: epochMs,
  toMs: epochMs,
  goal: z.number().describe('the share of the time in which an engine is to be up'),
  goalRule: z.string().optional().describe('the burn-rate rule that says so; left out: it is the usual goal'),
  engines: z.array(engineAvailability),
});

export const availabilityRoutes: readonly Route[] = [
  operationRoute('availability', {
    ...{ method: 'GET', path: '/v1/availability', tag: 'report' },
    summary: 'Say how available engines were, and what the goal is',
    answer: availabilityAnswer,
    allow: (caller) => {
      caller.requireTag('monitor');
    },
  }),
];
