/** Puts a notifier together: secrets looked up, receivers made, lanes and outbox laid out. */
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Clock, Disk, Random } from '../../kernel/index.js';
import { AddressPolicy } from './address-policy.js';
import { Lane } from './lane.js';
import { Notifier, type NotifyLog } from './notifier.js';
import { Outbox } from './outbox.js';
import { guardedPost } from './post.js';
import { openReceiver } from './receivers/open-receiver.js';
import type { ReceiverTools } from './receivers/receiver.js';
import { SecretBook } from './secret.js';
import type { NotifySettings, ReceiverSettings } from './settings.js';

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
  const { settings, disk, clock, log } = options;
  const directory = join(options.directory, 'alerts');
  const { environment, secretsDirectory } = options;
  const secrets = new SecretBook({ disk, environment, directory: secretsDirectory ?? options.directory });
  const tools = toolsOf(options);
  const lanes = new Map<string, Lane>();
  const outbox = new Outbox(disk, directory);
  const notifier = new Notifier({ settings, disk, directory, clock, lanes, outbox, log });
  for (const [name, receiver] of Object.entries(settings.receivers)) {
    lanes.set(name, await laneOf(name, receiver, { ...options, tools, secrets, notifier }));
  }
  return notifier;
}

function toolsOf({ settings, clock, version, source }: NotifierOptions): ReceiverTools {
  const policy = new AddressPolicy(settings.allowAddresses);
  return {
    clock,
    policy,
    post: guardedPost(policy, `Sluice/${version}`),
    source: source ?? hostname(),
    link: settings.link,
    timezone: settings.timezone,
  };
}

interface LaneParts extends NotifierOptions {
  readonly tools: ReceiverTools;
  readonly secrets: SecretBook;
  readonly notifier: Notifier;
}

async function laneOf(name: string, settings: ReceiverSettings, parts: LaneParts): Promise<Lane> {
  const { clock, random, tools, secrets, notifier } = parts;
  const { type, timeout, giveUpAfter, limit } = settings;
  return new Lane({
    ...{ name, type, clock, random },
    receiver: await openReceiver(
      settings,
      (secret, field) => secrets.open(secret, `alerts.receivers.${name}.${field}`),
      tools,
    ),
    timeoutMs: timeout,
    giveUpMs: giveUpAfter,
    limit: limit === undefined ? undefined : { count: limit.count, perMs: limit.per },
    hide: (text) => secrets.hide(text),
    ended: (notice, outcome, reason) => {
      notifier.ended(notice, outcome, reason);
    },
    changed: (state) => {
      notifier.receiverChanged(state);
    },
  });
}
