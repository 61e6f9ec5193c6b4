/** Ties alerts and notification together: incidents are told, and what came of telling them is theirs to know. */
import type { Alerts } from './alerts.js';
import type { Notifier, ReceiverState } from './notify/index.js';
import { noSuchReceiver } from './notify/lane-book.js';
import { receiverSubject } from './notify/route.js';
import type { Alert, Incident, Subject } from './types.js';

/** The default rule that a broken receiver is a signal of. */
const brokenRule = 'notification-broken';

/** Starts the notifier with the incidents that are open. Rejects with the system's error. */
export async function notifyOfIncidents(
  alerts: Pick<Alerts, 'addLine' | 'durable' | 'incidents' | 'onNews' | 'signal'>,
  notifier: Pick<Notifier, 'listen' | 'notify' | 'restoreBroken' | 'silence' | 'start'>,
): Promise<void> {
  const gone = (name: string): void => {
    alerts.signal({ rule: brokenRule, subject: subjectOf(name), holds: false, why: noSuchReceiver });
  };
  notifier.listen({
    told: (incident, event) => {
      alerts.addLine(incident, event);
    },
    receiverChanged: ({ name, state }: ReceiverState) => {
      alerts.signal({ rule: brokenRule, subject: subjectOf(name), holds: state === 'broken' });
    },
    receiverGone: gone,
  });
  for (const name of brokenBefore(alerts.incidents())) if (!notifier.restoreBroken(name)) gone(name);
  alerts.onNews(({ incident, event, isSilenced }) => {
    // A crash that takes an incident back must not have told of it: the next life tells of its own.
    void alerts.durable().then(() => {
      // Who heard of the beginning hears of the end, silence or not.
      if (!isSilenced || event.kind === 'resolved') notifier.notify(incident, event);
      else notifier.silence(incident);
    });
  });
  await notifier.start(alerts.incidents());
}

/** The receivers whose alerts an earlier life left open. */
function brokenBefore(incidents: readonly Incident[]): readonly string[] {
  const isOpen = ({ rule, state }: Alert): boolean => rule === brokenRule && state !== 'resolved';
  return incidents
    .flatMap(({ alerts }) => alerts.filter(isOpen))
    .map(({ subject }) => subject.labels[receiverSubject.label] ?? '');
}

function subjectOf(receiver: string): Subject {
  return { kind: receiverSubject.kind, labels: { [receiverSubject.label]: receiver } };
}
