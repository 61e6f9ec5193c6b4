/** `/v1/report`: the hand-over on call, as JSON, and its owners as CSV. */
import { z } from 'zod';
import { alertAnswer, alertTexts, silenceAnswer } from '../api/alert-answers.js';
import { engineAvailability } from '../api/availability-answer.js';
import { inputOf, operationRoute, runOperation } from '../api/operation-route.js';
import { route, TextAnswer, type Route } from '../api/route.js';
import type { Caller } from '../caller.js';
import type { OperationInput } from '../../operations/index.js';

const tag = 'report';
const epochMs = z.number().describe('milliseconds since the Unix epoch');
const line = z.object({
  incident: z.string(),
  atMs: epochMs,
  kind: z.string(),
  text: z.string(),
  by: z.string().optional(),
});

const reportAnswer = z.object({
  fromMs: epochMs,
  toMs: epochMs,
  incidents: z.array(
    z.object({
      ...{ id: z.string(), title: z.string(), severity: z.string(), state: z.string(), openedMs: epochMs },
      acknowledgedBy: z.string().optional(),
      resolvedMs: epochMs.optional(),
      causes: z.array(z.string()),
      alertsOpen: z.int(),
    }),
  ),
  alerts: z.array(alertAnswer),
  silences: z.array(silenceAnswer),
  remediesDone: z.array(line),
  remediesPending: z.array(
    z.object({ incident: z.string(), remedy: z.string(), text: z.string(), command: z.string() }),
  ),
  acts: z
    .array(
      z.object({
        ...{ fromMs: epochMs, toMs: epochMs, actor: z.string(), event: z.string(), subject: z.string() },
        others: z.int().describe('things besides that the same was done to'),
        outcome: z.string(),
        reason: z.string().optional(),
        count: z.int(),
      }),
    )
    .optional()
    .describe('what operators did, from the audit log, oldest first; for administrators'),
  actsRefused: z.string().optional().describe('why they are not told'),
  actsLeftOut: z.int().optional().describe('earlier acts of the span that are not in the list'),
  notificationsFailed: z.array(line),
  receivers: z.array(z.record(z.string(), z.unknown())),
  risks: z.array(
    z.object({
      kind: z.string(),
      text: z.string(),
      subject: z.object({ kind: z.string(), labels: z.record(z.string(), z.string()) }).optional(),
      days: z.number().optional().describe('until a limit is reached, at the pace of the span'),
    }),
  ),
  engines: z.array(engineAvailability),
  owners: z.array(
    z.object({
      ...{ owner: z.string(), queues: z.int(), connections: z.int().describe('open now') },
      ...{ published: z.number().optional(), acknowledged: z.number().optional() },
      bytesMean: z.number().optional().describe('of bodies in the queues'),
      bytesPeak: z.number().optional(),
      daysToLimit: z.number().optional(),
      limit: z.string().optional(),
      cost: z.number().optional(),
      knownShare: z.number().describe('of the span'),
    }),
  ),
  currency: z.string().optional(),
  unknown: z.array(z.string()).describe('what the report does not know'),
});

const reportTexts = [
  ...['incidents[].title', 'incidents[].causes[]', 'risks[].text', 'unknown[]', 'receivers[].lastFailure'],
  ...['acts[].subject', 'acts[].reason', 'actsRefused'],
  ...['remediesDone[].text', 'remediesPending[].text', 'notificationsFailed[].text'],
  ...alertTexts.map((field) => `alerts[].${field}`),
];

function monitors(caller: Caller): void {
  caller.requireTag('monitor');
}

export const reportRoutes: readonly Route[] = [
  operationRoute('report', {
    ...{
      method: 'GET',
      path: '/v1/report',
      summary: 'Report what happened, what may, and who used how much',
      tag,
    },
    answer: reportAnswer,
    texts: reportTexts,
    allow: monitors,
  }),
  route<OperationInput<'report'>>({
    ...{ method: 'GET', path: '/v1/report/owners.csv', summary: 'The owners of the report as CSV', tag },
    input: inputOf('report'),
    allow: monitors,
    async run(call, input) {
      const { reportCsv } = await import('../../alerts/index.js');
      return new TextAnswer(
        'text/csv; charset=utf-8; header=present',
        reportCsv(await runOperation(call, 'report', input)),
      );
    },
  }),
];
