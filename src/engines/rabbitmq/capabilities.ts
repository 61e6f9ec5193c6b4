/** What a Sluice server and RabbitMQ can do over AMQP 0-9-1. */
import { emulated, native, none, type Capabilities, type Capability } from '../index.js';
import type { DelayKind } from './delay-queues.js';

/** Why parts are not there. */
export const absences = {
  extend: 'a delivery is held until it is settled or its connection ends; there is no lease to extend',
  access: 'AMQP cannot ask for users and permissions',
  replicas: 'AMQP cannot ask for replicas',
  replay: 'acknowledged messages are gone',
  rewind: 'a queue keeps no history to go back to',
  pause: 'RabbitMQ cannot hold a queue back from its consumers',
  list: 'AMQP cannot list queues, exchanges and bindings',
  records: 'RabbitMQ has no key-value records',
  messages: 'RabbitMQ cannot find one message, or tell what it waits for',
  after: 'RabbitMQ cannot hold a message until others are done',
  limits: 'RabbitMQ has no rates and concurrencies of queues, tenants and keys',
  messageIndex: 'RabbitMQ cannot find a message in a queue',
} as const;

const sentFirst =
  'follow-ups are sent first and confirmed, then the message is acknowledged: a crash in between sends them twice';
const resent =
  'the message is sent again and then acknowledged: a crash in between keeps both, and it returns behind later ones';

const shared = {
  send: native,
  receive: native,
  extend: none(absences.extend),
  topology: emulated('queues are described by name; everything can be changed, nothing listed'),
  observe: emulated('ready messages and consumers of named queues; all else is unknown'),
  access: none(absences.access),
  replicas: none(absences.replicas),
  rewind: none(absences.rewind),
  peek: emulated(
    'messages are taken and given back at once: consumers miss them meanwhile, and see them marked redelivered',
  ),
  replay: none(absences.replay),
} satisfies Partial<Record<keyof Capabilities, Capability>>;

export const sluiceCapabilities: Capabilities = {
  ...shared,
  completion: native,
  retry: native,
  deadLetter: native,
  records: native,
  pause: native,
  observe: native,
  messages: native,
  priority: native,
  deadline: native,
  delay: native,
  after: native,
  keyedOrder: native,
  tenants: native,
  limits: native,
  messageIndex: native,
};

const rabbitDelay =
  'through one queue for each length, 8 lengths for each doubling: up to an eighth later than asked; not for messages with an expiration or sent through an exchange; cannot be listed or cancelled';

const plainDelay =
  'RabbitMQ before 4 hands delayed messages over without confirms: a crash at that moment may lose one';

/** A message that becomes due before its queue is back is tried again by RabbitMQ after three minutes. */
const confirmedDelay = 'after a crash of the server up to three minutes later';

/** What holds for everything that a receiver chooses for itself. */
const withinWindow =
  "within each receiver's prefetched window: ten times what it may hold (160 for a worker of 16) unless `window` says otherwise, and what other receivers hold is theirs";
const byDeclarers = 'by receivers on an engine that declared the queue so';
const keyLimit =
  'one at a time for each receiver, not over several (let one be active: `singleActiveConsumer`); a key that waits takes up the prefetch, or the `window`; a failed message pauses up to 10 minutes at the receiver, longer ones lose their place';

/** RabbitMQ's, by how it delays: see `DelayKind`. */
export function rabbitCapabilities(delays: DelayKind): Capabilities {
  const afterCrash = delays === 'plain' ? plainDelay : confirmedDelay;
  return {
    ...shared,
    completion: emulated(sentFirst),
    deadLetter: emulated('the message is copied and then acknowledged: a crash in between keeps both'),
    retry: emulated(
      `${resent}; the pause is up to an eighth longer than asked, and an expiration is dropped; ${afterCrash}`,
    ),
    records: none(absences.records),
    messages: none(absences.messages),
    pause: none(absences.pause),
    priority: native,
    deadline: emulated(`deadline, rate-monotonic and laxity order ${withinWindow}; ${byDeclarers}`),
    delay: emulated(`${rabbitDelay}; ${afterCrash}`),
    after: none(absences.after),
    keyedOrder: emulated(keyLimit),
    tenants: emulated(`shares ${withinWindow}; ${byDeclarers}`),
    limits: none(absences.limits),
    messageIndex: none(absences.messageIndex),
  };
}
