/** Puts a notifier together: secrets looked up, receivers made, lanes and outbox laid out. */
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Clock, Disk, Random } from '../../kernel/index.js';
import { AddressPolicy } from './address-policy.js';
import { Lane, type Delivery } from './lane.js';
import { LaneBook } from './lane-book.js';
import { Notifier, type NotifyLog } from './notifier.js';
import { Outbox } from './outbox.js';
import { guardedPost } from './post.js';
import { openReceiver } from './receivers/open-receiver.js';
import type { ReceiverTools } from './receivers/receiver.js';
import { SecretBook } from './secret.js';
import type { NotifySettings } from './settings.js';

export interface NotifierOptions {
  readonly settings: NotifySettings;
  /** The data directory; what is kept lies in `alerts` in it. */
  readonly directory: string;
  readonly disk: Disk;
  readonly clock: Clock;
  readonly random: Random;
  /** The release of Sluice. */
  readonly version: string;
  /** What paths of secrets are relative to; the data directory unless given. */
  readonly secretsDirectory?: string;
  /** Where `${NAME}` in secrets is looked up. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Which Sluice it is, for those who hear of several; the host's name unless given. */
  readonly source?: string;
  readonly log: NotifyLog;
}

/** Rejects with `config-invalid` where a secret or an address is not there. Nothing is sent until `start`. */
export async function openNotifier(options: NotifierOptions): Promise<Notifier> {
  const { settings, disk, clock, random, environment, secretsDirectory, log } = options;
  const directory = join(options.directory, 'alerts');
  const secrets = new SecretBook({ disk, environment, directory: secretsDirectory ?? options.directory });
  const lanes = new LaneBook({
    open: (wanted) => openDeliveries(wanted, secrets, toolsOf(wanted, options)),
    makeLane: (name, delivery) =>
      new Lane(
        {
          ...{ name, clock, random },
          hide: (text) => secrets.hide(text),
          ended: (notice, outcome, reason) => {
            notifier.ended(notice, outcome, reason);
          },
          changed: (state) => {
            notifier.receiverChanged(state);
          },
          refresh: (lane) => {
            notifier.refresh(lane);
          },
        },
        delivery,
      ),
    gone: (lane) => {
      notifier.receiverGone(lane.state);
    },
  });
  const outbox = new Outbox(disk, directory);
  const notifier = new Notifier({ settings, disk, directory, clock, lanes, outbox, log });
  await (await lanes.prepare(settings)).apply();
  return notifier;
}

function toolsOf(
  { allowAddresses, link, timezone }: NotifySettings,
  { clock, version, source }: NotifierOptions,
): ReceiverTools {
  const policy = new AddressPolicy(allowAddresses);
  return {
    ...{ clock, policy, link, timezone },
    post: guardedPost(policy, `Sluice/${version}`),
    source: source ?? hostname(),
  };
}

async function openDeliveries(
  { receivers }: NotifySettings,
  secrets: SecretBook,
  tools: ReceiverTools,
): Promise<ReadonlyMap<string, Delivery>> {
  const deliveries = new Map<string, Delivery>();
  for (const [name, settings] of Object.entries(receivers)) {
    const { type, timeout, giveUpAfter, limit } = settings;
    deliveries.set(name, {
      type,
      receiver: await openReceiver(
        settings,
        `alerts.receivers.${name}`,
        (secret, path) => secrets.open(secret, path),
        tools,
      ),
      timeoutMs: timeout,
      giveUpMs: giveUpAfter,
      limit: limit === undefined ? undefined : { count: limit.count, perMs: limit.per },
    });
  }
  return deliveries;
}
