/**
 * `/v1/alerts`, `/v1/incidents`, `/v1/silences`, `/v1/alert-rules`. Those who monitor read, acknowledge, comment and
 * silence; those who set policies change rules.
 */
import { z } from 'zod';
import type { Alert, Silence } from '../../alerts/index.js';
import type { IncidentRow, RuleRow } from '../../operations/index.js';
import {
  alertAnswer,
  alertRuleAnswer,
  alertTexts,
  backtestAnswer,
  incidentAnswer,
  incidentRowAnswer,
  incidentRowTexts,
  incidentTexts,
  ruleTrialAnswer,
  silenceAnswer,
} from '../api/alert-answers.js';
import { listRoute } from '../api/list-route.js';
import { operationRoute, runOperation } from '../api/operation-route.js';
import { route, type Route } from '../api/route.js';
import type { Caller } from '../caller.js';

const tag = 'alerts';
const everything = (): (() => boolean) => () => true;

function monitors(caller: Caller): void {
  caller.requireTag('monitor');
}

function shapes(caller: Caller): void {
  caller.requireTag('set-policy');
}

const alertRoutes: readonly Route[] = [
  listRoute<'alert.list', Alert>('alert.list', {
    ...{
      path: '/v1/alerts',
      summary: 'List what is the matter, and what may become so',
      tag,
      row: alertAnswer,
      texts: alertTexts,
    },
    rows: ({ alerts }) => alerts,
    ...{ allow: monitors, sees: everything },
    text: ({ rule, summary }) => `${rule}\n${summary}`,
    key: ({ id }) => [id],
    sorts: {
      since: ({ sinceMs }) => sinceMs,
      rule: ({ rule }) => rule,
      severity: ({ severity }) => severity,
      state: ({ state }) => state,
    },
  }),
  listRoute<'alert.rules', RuleRow>('alert.rules', {
    ...{ path: '/v1/alert-rules', summary: 'List the rules in force', tag, row: alertRuleAnswer },
    texts: ['help'],
    rows: ({ rules }) => rules,
    ...{ allow: monitors, sees: everything },
    text: ({ name }) => name,
    key: ({ name }) => [name],
    sorts: { name: ({ name }) => name, source: ({ source }) => source },
  }),
  route<{ readonly name: string; readonly rule: Record<string, unknown> }>({
    ...{ method: 'PUT', path: '/v1/alert-rules/{name}', summary: 'Put a rule in force', tag },
    bodyField: 'rule',
    input: z.strictObject({ name: z.string().min(1).max(63), rule: z.record(z.string(), z.unknown()) }),
    allow: shapes,
    run: (call, { name, rule }) => runOperation(call, 'alert.rule.put', { rule: { ...rule, name } }),
  }),
  operationRoute('alert.rule.delete', {
    ...{ method: 'DELETE', path: '/v1/alert-rules/{name}', summary: 'Remove a rule of the API', tag },
    allow: shapes,
  }),
  operationRoute('alert.rule.test', {
    ...{ method: 'POST', path: '/v1/alert-rules/test', tag },
    summary: 'Check a rule, and say what it would judge now',
    answer: ruleTrialAnswer,
    texts: ['condition', 'objects[].text'],
    allow: monitors,
  }),
  operationRoute('alert.backtest', {
    ...{ method: 'POST', path: '/v1/alert-rules/backtest', tag },
    summary: 'Replay a rule over recorded history',
    answer: backtestAnswer,
    allow: monitors,
  }),
];

const severities: readonly string[] = ['critical', 'warning', 'info'];

/** What is not over comes first, then what is worse, then what is newer. */
function urgencyOf({ state, severity, openedMs }: IncidentRow): number {
  const group = (state === 'resolved' ? severities.length : 0) + severities.indexOf(severity);
  return group * 1e14 - openedMs;
}

const incidentRoutes: readonly Route[] = [
  listRoute<'incident.list', IncidentRow>('incident.list', {
    ...{ path: '/v1/incidents', summary: 'List incidents', tag, row: incidentRowAnswer },
    texts: incidentRowTexts,
    rows: ({ incidents }) => incidents,
    ...{ allow: monitors, sees: everything },
    text: ({ title }) => title,
    key: ({ id }) => [id],
    sorts: {
      opened: ({ openedMs }) => openedMs,
      severity: ({ severity }) => severity,
      state: ({ state }) => state,
      urgency: urgencyOf,
    },
  }),
  operationRoute('incident.show', {
    ...{ method: 'GET', path: '/v1/incidents/{id}', tag, allow: monitors },
    summary: 'Show an incident: alerts, causes with their evidence, timeline',
    answer: incidentAnswer,
    texts: incidentTexts,
  }),
  operationRoute('incident.acknowledge', {
    ...{ method: 'POST', path: '/v1/incidents/{id}/acknowledge', tag, allow: monitors },
    summary: 'Say that somebody looks after an incident',
    answer: incidentAnswer,
    texts: incidentTexts,
  }),
  operationRoute('incident.comment', {
    ...{ method: 'POST', path: '/v1/incidents/{id}/comment', tag, allow: monitors },
    summary: 'Comment on an incident',
    answer: incidentAnswer,
    texts: incidentTexts,
  }),
];

const silenceRoutes: readonly Route[] = [
  listRoute<'silence.list', Silence>('silence.list', {
    ...{ path: '/v1/silences', summary: 'List silences', tag, row: silenceAnswer },
    rows: ({ silences }) => silences,
    ...{ allow: monitors, sees: everything },
    text: ({ reason, by }) => `${reason}\n${by}`,
    key: ({ id }) => [id],
    sorts: { to: ({ toMs }) => toMs, from: ({ fromMs }) => fromMs },
  }),
  operationRoute('silence.add', {
    ...{ method: 'POST', path: '/v1/silences', summary: 'Tell nobody of some alerts for a time', tag },
    answer: silenceAnswer,
    allow: monitors,
  }),
  operationRoute('silence.end', {
    ...{ method: 'DELETE', path: '/v1/silences/{id}', summary: 'End a silence now', tag },
    answer: silenceAnswer,
    allow: monitors,
  }),
];

export const alertsRoutes: readonly Route[] = [...alertRoutes, ...incidentRoutes, ...silenceRoutes];
