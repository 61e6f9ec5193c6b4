/** An incident as tests want it: one queue that grows, its cause and its remedy known. */
import type { Alert, Incident, IncidentEvent } from '../../types.js';

const subject = { kind: 'queue', labels: { engine: 'main', vhost: '/', queue: 'orders' } };
export const startMs = Date.UTC(2026, 0, 5, 12, 0);

export const alert: Alert = {
  id: 'a1',
  rule: 'queue-grows',
  severity: 'warning',
  subject,
  labels: { team: 'payments' },
  state: 'firing',
  reading: { series: 'sluice_messages_ready', subject, value: 12_000, unit: 'messages', atMs: startMs },
  condition: 'more than 10,000 messages for 5 minutes',
  summary: 'orders has 12,000 messages',
  runbook: 'https://wiki.example/orders?a=1&b=2',
  sinceMs: startMs,
};

export const incident: Incident = {
  id: 'i-1',
  title: 'Queue orders grows',
  severity: 'warning',
  state: 'open',
  alerts: [alert],
  causes: [
    {
      signature: 'slow-consumers',
      subject,
      title: 'Its consumers are slow',
      score: 0.9,
      evidence: [{ speaks: 'for', text: 'each message takes 2 s', readings: [alert.reading] }],
      remedies: [
        {
          remedy: 'add-workers',
          parameters: { queue: 'orders' },
          text: 'Add two workers',
          command: 'sluice remedy add-workers --queue orders',
        },
      ],
    },
  ],
  timeline: [],
  labels: { team: 'payments', owner: 'alice' },
  openedMs: startMs,
};

/** The incident after it ended. */
export function resolved(atMs: number): Incident {
  return {
    ...incident,
    state: 'resolved',
    resolvedMs: atMs,
    alerts: [{ ...alert, state: 'resolved', endedMs: atMs }],
  };
}

export function event(kind: IncidentEvent['kind'], text: string = kind): IncidentEvent {
  return { atMs: startMs, kind, text };
}
