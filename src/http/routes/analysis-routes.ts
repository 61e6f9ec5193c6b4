/** `/v1/analyze`: whether tasks can meet their deadlines, as `sluice analyze` says it. It concerns no task that is here. */
import { analysisAnswer, analysisRequest } from '../analysis/analysis-request.js';
import { route, type Route } from '../api/route.js';

const documentBytesMax = 262_144;

export const analysisRoutes: readonly Route[] = [
  route({
    ...{
      method: 'POST',
      path: '/v1/analyze',
      summary: 'Say whether tasks can meet their deadlines',
      tag: 'tasks',
    },
    input: analysisRequest,
    answer: analysisAnswer,
    texts: ['cause', 'supposes', 'inconclusive', 'advice[]'],
    bodyBytesMax: documentBytesMax,
    // It reads nothing; who sees no tasks has no use for it.
    allow: (caller) => {
      caller.requireView('/');
    },
    run: ({ analyst, signal }, request) => analyst.analyze(request, signal),
  }),
];
