/**
 * A service of PagerDuty, by Events API v2: https://developer.pagerduty.com/docs/send-alert-event. One incident is one
 * alert there, by `dedup_key`; acknowledged and resolved with the incident. 202 is success, 400 an event that is wrong,
 * 429 too many. A summary has at most 1,024 characters, an event 512 KB.
 */
import { cut, messageOf, oneLine } from '../message.js';
import type { Notice } from '../notice.js';
import { failureOf, forPeople, type Receiver, type ReceiverTools } from './receiver.js';

const summaryLengthMax = 1_024;
const keyLengthMax = 255;

export interface PagerDutyOptions {
  readonly url: string;
  readonly routingKey: string;
}

function actionOf({ reason, incident }: Notice): 'trigger' | 'acknowledge' | 'resolve' {
  if (reason === 'resolved' || reason === 'test') return 'resolve';
  return incident.state === 'acknowledged' ? 'acknowledge' : 'trigger';
}

/** One event. */
export function pagerDutyEvent(
  notice: Notice,
  action: 'trigger' | 'acknowledge' | 'resolve',
  routingKey: string,
  tools: ReceiverTools,
): string {
  const { incident } = notice;
  const [first] = incident.alerts;
  const { facts, link } = messageOf(notice, tools);
  const details = Object.fromEntries(facts.map(({ label, text }) => [label, text]));
  return JSON.stringify({
    routing_key: routingKey,
    event_action: action,
    dedup_key: cut(`sluice-${incident.id}`, keyLengthMax),
    ...(action === 'trigger'
      ? {
          payload: {
            summary: cut(oneLine(incident.title), summaryLengthMax),
            source: tools.source,
            severity: incident.severity,
            timestamp: new Date(incident.openedMs).toISOString(),
            component: first?.subject.kind,
            class: first?.rule,
            custom_details: details,
          },
          client: 'Sluice',
          ...(link === undefined ? {} : { client_url: link.url }),
        }
      : {}),
  });
}

export function pagerduty({ url, routingKey }: PagerDutyOptions, tools: ReceiverTools): Receiver {
  const post = async (notice: Notice, action: 'trigger' | 'acknowledge' | 'resolve', signal: AbortSignal) => {
    const body = pagerDutyEvent(notice, action, routingKey, tools);
    const answer = await tools.post({ url, headers: { 'content-type': 'application/json' }, body, signal });
    return failureOf(answer, tools.clock) ?? { kind: 'delivered' as const };
  };
  return {
    limits: [{ count: 120, perMs: 60_000 }],
    // It calls people again by its own rules.
    takes: (reason) => forPeople(reason) && reason !== 'repeated',
    async send(notice, signal) {
      // A test opens an alert and closes it: what only resolved would prove nothing.
      if (notice.reason === 'test') {
        const opened = await post(notice, 'trigger', signal);
        if (opened.kind !== 'delivered') return opened;
      }
      return post(notice, actionOf(notice), signal);
    },
  };
}
