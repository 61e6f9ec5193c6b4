/** Ties alerts and notification together: incidents are told, and what came of telling them is theirs to know. */
import type { Alerts } from './alerts.js';
import type { Notifier, ReceiverState } from './notify/index.js';
import { receiverSubject } from './notify/route.js';
import type { Subject } from './types.js';

/** The default rule that a broken receiver is a signal of. */
const brokenRule = 'notification-broken';

/** Starts the notifier with the incidents that are open. Rejects with the system's error. */
export async function notifyOfIncidents(
  alerts: Pick<Alerts, 'addLine' | 'durable' | 'incidents' | 'onNews' | 'signal'>,
  notifier: Pick<Notifier, 'listen' | 'notify' | 'silence' | 'start'>,
): Promise<void> {
  notifier.listen({
    told: (incident, event) => {
      alerts.addLine(incident, event);
    },
    receiverChanged: ({ name, state }: ReceiverState) => {
      alerts.signal({ rule: brokenRule, subject: subjectOf(name), holds: state === 'broken' });
    },
    receiverGone: (name) => {
      const why = 'there is no such receiver any more';
      alerts.signal({ rule: brokenRule, subject: subjectOf(name), holds: false, why });
    },
  });
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

function subjectOf(receiver: string): Subject {
  return { kind: receiverSubject.kind, labels: { [receiverSubject.label]: receiver } };
}
