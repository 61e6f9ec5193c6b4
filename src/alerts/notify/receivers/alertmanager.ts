/**
 * Prometheus's Alertmanager, by `POST /api/v2/alerts`: https://prometheus.io/docs/alerting/latest/alerts_api. Alerts are
 * the same where their labels are; one ends at its `endsAt`, so those that fire are sent again before it passes.
 */
import type { Clock } from '../../../kernel/index.js';
import type { Alert } from '../../types.js';
import { oneLine } from '../message.js';
import type { Notice } from '../notice.js';
import { failureOf, type Receiver, type ReceiverTools } from './receiver.js';

/** How many refreshes may be missed until Alertmanager holds an alert to be over. */
const refreshesUntilOver = 4;

export interface AlertmanagerOptions {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly refreshMs: number;
}

/** A name that Prometheus takes for a label; others' signs become underscores. */
function labelName(name: string): string {
  const plain = name.replaceAll(/[^A-Za-z0-9_]/g, '_');
  return /^[A-Za-z_]/.test(plain) ? plain : `_${plain}`;
}

function labelsOf({ rule, severity, subject, labels }: Alert): Record<string, string> {
  const named = Object.entries({
    ...labels,
    ...subject.labels,
    kind: subject.kind,
    severity,
    alertname: rule,
  });
  return Object.fromEntries(
    named.filter(([, value]) => value !== '').map(([name, value]) => [labelName(name), value]),
  );
}

function alertOf(alert: Alert, notice: Notice, { link }: ReceiverTools, endsMs: number): unknown {
  const { incident } = notice;
  const [cause] = incident.causes;
  const [remedy] = cause?.remedies ?? [];
  const isOver = alert.state === 'resolved' || incident.state === 'resolved';
  const overMs = alert.endedMs ?? incident.resolvedMs ?? notice.atMs;
  return {
    labels: labelsOf(alert),
    annotations: {
      summary: oneLine(alert.summary),
      description: oneLine(alert.condition),
      incident: incident.id,
      ...(cause === undefined ? {} : { cause: oneLine(cause.title) }),
      ...(remedy === undefined ? {} : { remedy: oneLine(remedy.text), command: remedy.command }),
      ...(alert.runbook === undefined ? {} : { runbook_url: alert.runbook }),
    },
    startsAt: new Date(alert.sinceMs).toISOString(),
    endsAt: new Date(isOver ? overMs : endsMs).toISOString(),
    ...(link === undefined ? {} : { generatorURL: link }),
  };
}

/** The alerts of an incident as Alertmanager takes them; pending ones are none yet. */
export function alertmanagerBody(notice: Notice, tools: ReceiverTools, refreshMs: number): string {
  const endsMs = tools.clock.now() + refreshesUntilOver * refreshMs;
  const alerts = notice.incident.alerts.filter(({ state }) => state !== 'pending');
  return JSON.stringify(alerts.map((alert) => alertOf(alert, notice, tools, endsMs)));
}

export function alertmanager(
  { url, headers, refreshMs }: AlertmanagerOptions,
  tools: ReceiverTools,
): Receiver {
  const clock: Clock = tools.clock;
  return {
    limits: [{ count: 20, perMs: 1_000 }],
    refreshMs,
    takes: (reason) => reason !== 'repeated',
    async send(notice, signal) {
      const answer = await tools.post({
        url: `${url.replace(/\/$/, '')}/api/v2/alerts`,
        headers: { ...headers, 'content-type': 'application/json' },
        body: alertmanagerBody(notice, tools, refreshMs),
        signal,
      });
      return failureOf(answer, clock) ?? { kind: 'delivered' };
    },
  };
}
