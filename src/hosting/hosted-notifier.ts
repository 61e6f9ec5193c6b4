/** Makes the notifier of a server or a program, as its settings say. */
import type { Notifier, NotifySettings } from '../alerts/index.js';
import { systemRandom, type Clock, type Disk } from '../kernel/index.js';
import type { GovernanceLog } from './governance-log.js';
import type { StopStack } from './stop-stack.js';

export interface NotifierParts {
  readonly settings: NotifySettings;
  /** The data directory. */
  readonly directory: string;
  readonly disk: Disk;
  readonly clock: Clock;
  /** The release of Sluice. */
  readonly version: string;
  /** What paths of secrets are relative to. */
  readonly secretsDirectory: string;
  /** Where `${NAME}` in secrets is looked up. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly log: GovernanceLog;
}

/** Rejects with 'config-invalid' where a secret of a receiver is not there. Nothing is sent until it is started. */
export async function hostedNotifier({ log, ...parts }: NotifierParts, stack: StopStack): Promise<Notifier> {
  const { openNotifier } = await import('../alerts/index.js');
  const notifier = await openNotifier({
    ...parts,
    random: systemRandom(),
    log: (event, facts) => {
      log(calm.has(event) ? 'info' : 'warn', event, lines[event] ?? event, { ...facts });
    },
  });
  stack.push('notification', () => notifier.stop());
  return notifier;
}

const calm: ReadonlySet<string> = new Set([
  ...['notify.delivered', 'notify.receiver-works', 'notify.receiver-gone'],
]);

const lines: Readonly<Record<string, string>> = {
  'notify.delivered': 'A notification was delivered',
  'notify.failed': 'A notification was not delivered',
  'notify.receiver-broken': 'Notifications to a receiver do not arrive',
  'notify.receiver-works': 'Notifications to a receiver arrive again',
  'notify.receiver-gone': 'A receiver is gone, with what waited for it',
  'notify.damaged': 'A notification that was kept cannot be read, and was set aside',
  'notify.disk-failed': 'Notifications cannot be kept on disk',
};
