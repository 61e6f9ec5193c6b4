/** Alerts of an HTTP fixture: an incident of a queue that is not empty, with a cause, and a receiver. */
import { notifySettings, openNotifier } from '../../alerts/index.js';
import { assert, seededRandom, SimulatedDisk } from '../../kernel/index.js';
import type { HttpFixture } from './http-fixture.js';

/** A rule that fires at once for a queue with messages in it. */
export const notEmpty = { metric: 'sluice_messages_ready', above: 0, for: 0, clearFor: 0, severity: 'info' };

/** Measures and evaluates once. */
export async function evaluate({ server }: HttpFixture): Promise<void> {
  await server.measure();
  await server.alerts.runOnce();
}

/** Opens an incident for a queue with messages in it, and names a cause of it. Gives its number. */
export async function addIncident(fixture: HttpFixture, queue: string): Promise<string> {
  const { alerts } = fixture.server;
  const subject = { kind: 'queue', labels: { engine: 'embedded', vhost: '/', queue } };
  const evidence = { speaks: 'for', text: 'nobody consumes', readings: [] } as const;
  const remedy = {
    remedy: 'add-workers',
    parameters: { queue },
    text: 'Add a worker.',
    command: 'sluice work',
  };
  alerts.setDiagnosis(() => [
    {
      ...{
        signature: 'no-consumers',
        subject,
        title: 'Nobody consumes',
        explanation: 'There is no consumer.',
      },
      ...{ score: 1, evidence: [evidence], remedies: [remedy] },
      check: { text: 'the queue becomes shorter', withinSeconds: 60 },
    },
  ]);
  await fixture.ask('PUT', '/v1/alert-rules/not-empty', { json: { ...notEmpty, where: { queue } } });
  await evaluate(fixture);
  const [incident] = alerts.incidents();
  assert(incident !== undefined, 'the rule fires');
  return incident.id;
}

/** Gives the server a receiver that nothing was sent to. */
export async function addReceiver({ server }: HttpFixture): Promise<void> {
  const settings = notifySettings.parse({
    receivers: { hook: { type: 'webhook', url: 'http://127.0.0.1:9/', secret: 'a secret of the test' } },
  });
  const notifier = await openNotifier({
    ...{ settings, directory: '/data', clock: server.clock, random: seededRandom(1), version: '0.0.0' },
    ...{ disk: new SimulatedDisk({ random: seededRandom(1) }), environment: {}, log: () => undefined },
  });
  Object.assign(server.services, { notifier });
}
