/** The incident that a test message shows: one that everyone recognizes as no real one. Pure. */
import type { Alert, Incident } from '../types.js';

export function testIncident(nowMs: number): Incident {
  const subject = { kind: 'queue', labels: { engine: 'main', vhost: '/', queue: 'test' } };
  const alert: Alert = {
    ...{ id: 'test', rule: 'test-message', severity: 'info', subject, labels: {}, state: 'resolved' },
    reading: { series: 'sluice_messages_ready', subject, value: 0, unit: 'messages', atMs: nowMs },
    condition: 'a person asked for a test',
    summary: 'This is a test message from Sluice. Nothing is wrong.',
    ...{ sinceMs: nowMs, endedMs: nowMs },
  };
  return {
    ...{ id: `test-${Math.round(nowMs)}`, title: 'Test message', severity: 'info', state: 'resolved' },
    ...{ alerts: [alert], causes: [], timeline: [], labels: {}, openedMs: nowMs, resolvedMs: nowMs },
  };
}
