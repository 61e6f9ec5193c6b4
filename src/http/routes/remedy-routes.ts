/**
 * `/v1/remedies` and `/v1/remedy-runs`: previews, applying, approving, undoing. Those who monitor look and ask;
 * administrators apply, approve and undo.
 */
import { z } from 'zod';
import type { RemedyRun } from '../../alerts/index.js';
import type { RemedyRow } from '../../operations/index.js';
import { listRoute } from '../api/list-route.js';
import { operationRoute } from '../api/operation-route.js';
import type { Route } from '../api/route.js';
import type { Caller } from '../caller.js';

const tag = 'remedies';
const everything = (): (() => boolean) => () => true;

function monitors(caller: Caller): void {
  caller.requireTag('monitor');
}

function administers(caller: Caller): void {
  caller.requireTag('administer');
}

const parameters = z.record(z.string(), z.unknown());
const epochMs = z.number().describe('Unix ms');

const remedyAnswer = z.object({
  name: z.string(),
  title: z.string(),
  parameters: parameters.describe('JSON schema'),
  canUndo: z.boolean(),
  afterRestart: z.string().describe('stays, applied-again or gone'),
});

const previewAnswer = z.object({
  remedy: z.string(),
  title: z.string(),
  parameters,
  effects: z.array(z.string()),
  unknown: z.array(z.string()),
  refusal: z.string().optional().describe('why it is not to be applied'),
  token: z.string().optional().describe('what applying asks for'),
  canUndo: z.boolean(),
  afterRestart: z.string(),
  check: z.string(),
});

const runAnswer = z.object({
  id: z.string(),
  remedy: z.string(),
  parameters,
  plan: parameters,
  reason: z.string(),
  mode: z.enum(['by-hand', 'approval', 'automatic']),
  by: z.string(),
  incident: z.string().optional(),
  check: z
    .object({
      signature: z.string(),
      subject: z.object({ kind: z.string(), labels: z.record(z.string(), z.string()) }),
      text: z.string(),
      withinSeconds: z.number(),
    })
    .optional(),
  rule: z.string().optional(),
  alert: z.string().optional(),
  keeps: z.boolean().optional().describe('it stays in force also where its check fails'),
  before: z.record(z.string(), z.number()).optional(),
  after: z.record(z.string(), z.number()).optional(),
  createdMs: epochMs,
  state: z.looseObject({ kind: z.string() }),
  history: z.array(z.object({ atMs: epochMs, text: z.string(), by: z.string() })),
});

/** What people gave as a reason is among them, and is no sentence of ours. */
const runTexts = ['reason', 'check.text', 'state.why', 'history[].text'];
const previewTexts = ['title', 'effects[]', 'unknown[]', 'refusal', 'check'];

const switchAnswer = z.object({ isOn: z.boolean(), by: z.string(), atMs: epochMs.optional() });

export const remedyRoutes: readonly Route[] = [
  listRoute<'remedy.list', RemedyRow>('remedy.list', {
    ...{ path: '/v1/remedies', summary: 'List remedies', tag, row: remedyAnswer, allow: monitors },
    texts: ['title'],
    rows: ({ remedies }) => remedies,
    sees: everything,
    text: ({ name, title }) => `${name}\n${title}`,
    key: ({ name }) => [name],
    sorts: { name: ({ name }) => name },
  }),
  listRoute<'remedy.runs', RemedyRun>('remedy.runs', {
    ...{ path: '/v1/remedy-runs', tag, row: runAnswer, allow: monitors },
    texts: runTexts,
    summary: 'List remedies that were asked for or applied',
    rows: ({ runs }) => runs,
    sees: everything,
    text: ({ remedy, reason }) => `${remedy}\n${reason}`,
    key: ({ id }) => [id],
    sorts: {
      created: ({ createdMs }) => createdMs,
      remedy: ({ remedy }) => remedy,
      state: ({ state }) => state.kind,
    },
  }),
  operationRoute('remedy.show', {
    ...{ method: 'GET', path: '/v1/remedy-runs/{id}', summary: 'Show a remedy that was applied', tag },
    ...{ answer: runAnswer, texts: runTexts, allow: monitors },
  }),
  operationRoute('remedy.preview', {
    ...{ method: 'POST', path: '/v1/remedies/{remedy}/preview', tag, defaults: { parameters: {} } },
    summary: 'Show what a remedy would do',
    ...{ answer: previewAnswer, texts: previewTexts, allow: monitors },
  }),
  operationRoute('remedy.apply', {
    ...{ method: 'POST', path: '/v1/remedies/{remedy}/apply', tag, defaults: { parameters: {} } },
    summary: 'Apply a remedy as previewed',
    ...{ answer: runAnswer, texts: runTexts, allow: administers },
  }),
  operationRoute('remedy.ask', {
    ...{ method: 'POST', path: '/v1/remedies/{remedy}/ask', tag, defaults: { parameters: {} } },
    summary: 'Ask another person to approve a remedy',
    ...{ answer: runAnswer, texts: runTexts, allow: monitors },
  }),
  operationRoute('remedy.approve', {
    ...{ method: 'POST', path: '/v1/remedy-runs/{id}/approve', summary: 'Approve and apply', tag },
    ...{ answer: runAnswer, texts: runTexts, allow: administers },
  }),
  operationRoute('remedy.reject', {
    ...{
      method: 'POST',
      path: '/v1/remedy-runs/{id}/reject',
      summary: 'Refuse a remedy that was asked for',
      tag,
    },
    ...{ answer: runAnswer, texts: runTexts, allow: administers },
  }),
  operationRoute('remedy.undo', {
    ...{ method: 'POST', path: '/v1/remedy-runs/{id}/undo', summary: 'Undo a remedy', tag },
    ...{ answer: runAnswer, texts: runTexts, allow: administers },
  }),
  operationRoute('remedy.automation', {
    ...{ method: 'GET', path: '/v1/remedy-automation', tag, answer: switchAnswer, allow: monitors },
    summary: 'Tell whether rules may apply remedies',
  }),
  operationRoute('remedy.switch', {
    ...{ method: 'PUT', path: '/v1/remedy-automation', tag, answer: switchAnswer, allow: administers },
    summary: 'Turn all automatic remedies on or off',
  }),
];
