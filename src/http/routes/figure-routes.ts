/** `/v1/figures`, `/v1/metrics/catalogue`, `/v1/monitor`: what is measured, now and before. */
import { z } from 'zod';
import type { FigureRow } from '../../operations/index.js';
import { listRoute } from '../api/list-route.js';
import { operationRoute } from '../api/operation-route.js';
import type { Route } from '../api/route.js';
import type { Caller } from '../caller.js';
import { seriesRoutes } from './series-routes.js';

const tag = 'figures';
const labels = z.record(z.string(), z.string());

const figureAnswer = z.object({
  kind: z.string(),
  labels,
  figures: z.record(z.string(), z.number()).describe('by series; what is unknown is left out'),
});

const catalogueAnswer = z.object({
  kinds: z.array(
    z.object({
      name: z.string(),
      labels: z.array(z.string()),
      summedBy: z.int().optional().describe('so many of the labels stand in sums'),
      metrics: z.array(
        z.object({
          id: z.int(),
          name: z.string(),
          help: z.string(),
          unit: z.string(),
          kind: z.enum(['counter', 'gauge', 'histogram']),
          combination: z.enum(['sum', 'greatest', 'least', 'none']),
        }),
      ),
    }),
  ),
});

const monitorAnswer = z.object({
  second: z.int().optional().describe('Unix seconds of the newest measurement'),
  sources: z.array(
    z.object({
      source: z.string(),
      measuredMs: z.number().optional(),
      failures: z.int(),
      problem: z.string().optional(),
    }),
  ),
  history: z.record(z.string(), z.unknown()).optional(),
  coverage: z.array(
    z.object({
      resolution: z.string(),
      pointSeconds: z.int(),
      keepSeconds: z.int(),
      startSecond: z.int().optional(),
      bytes: z.int(),
      droppedFiles: z.int().describe('given up before their time, to keep the budget'),
    }),
  ),
});

/** What is in a virtual host is seen by whoever sees that; all else by whoever monitors the server. */
function seesFigures(caller: Caller): (row: FigureRow) => boolean {
  const seesAll = caller.holdsTag('monitor');
  const answers = new Map<string, boolean>();
  return ({ labels: { vhost } }) => {
    if (seesAll || vhost === undefined) return seesAll;
    let answer = answers.get(vhost);
    if (answer === undefined) answers.set(vhost, (answer = caller.sees(vhost)));
    return answer;
  };
}

function placeOf({ labels: own }: FigureRow): string {
  return Object.values(own).join('\n');
}

export const figureRoutes: readonly Route[] = [
  operationRoute('metric.list', {
    ...{ method: 'GET', path: '/v1/metrics/catalogue', summary: 'List everything that is measured', tag },
    answer: catalogueAnswer,
    texts: ['kinds[].metrics[].help'],
    allow: () => undefined,
  }),
  listRoute<'figure.list', FigureRow>('figure.list', {
    ...{ path: '/v1/figures', summary: 'List the newest figures of one kind of object', tag },
    row: figureAnswer,
    sees: seesFigures,
    text: placeOf,
    key: ({ labels: own }) => Object.values(own),
    sorts: { name: placeOf },
  }),
  ...seriesRoutes,
  operationRoute('monitor.show', {
    ...{ method: 'GET', path: '/v1/monitor', summary: 'Say how measuring fares, and what is kept', tag },
    answer: monitorAnswer,
    allow: (caller) => {
      caller.requireTag('monitor');
    },
  }),
];
