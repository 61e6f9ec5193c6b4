/** Taking a message out of the way that fails again and again, and holding the messages of a key back. */
import { z } from 'zod';
import type { QueueName } from '../actions.js';
import { durationOf } from '../../rules/durations.js';
import { defineRemedy, type AnyRemedy } from '../remedy.js';
import { absent, ofQueue, queueObject } from './queue-terms.js';

/** Where messages go that are taken out of the way. */
export const quarantineQueue = 'sluice.quarantine';

const messageGiven = z.strictObject({
  ...ofQueue,
  /** Which message; the one that failed most unless said otherwise. */
  position: z.int().min(0).optional(),
});

interface MessagePlan extends QueueName {
  readonly position: number;
  readonly messageId?: string;
}

const quarantineMessage = defineRemedy<z.output<typeof messageGiven>, MessagePlan>({
  name: 'quarantine-message',
  title: `Move the message that fails again and again to ${quarantineQueue}`,
  parameters: messageGiven,
  objectOf: queueObject,
  afterRestart: 'stays',
  preview: async (actions, { vhost, queue, position }) => {
    const name = { vhost, queue };
    if (actions.queue(name) === undefined) return absent(name);
    if (queue === quarantineQueue) return { refusal: `'${queue}' is where such messages go` };
    const { messages, seen } = await actions.failedMost(name, 1);
    const found = position === undefined ? messages[0] : await actions.find(name, position);
    if (found === undefined)
      return {
        refusal:
          position === undefined
            ? `none of ${seen} messages in '${queue}' that were looked at has failed`
            : `'${queue}' has no message at position ${position}`,
      };
    const { messageId } = found;
    const parameters = { ...name, position: found.position };
    return {
      parameters,
      plan: messageId === undefined ? parameters : { ...parameters, messageId },
      effects: [
        `One message moves from '${queue}' to '${quarantineQueue}', with its headers, the reason and where it came from: position ${found.position}${messageId === undefined ? '' : `, id ${messageId}`}, ${found.failures} failed deliveries.`,
        ...(found.isActive ? ['A consumer has it: it moves when it comes back.'] : []),
        'The next message of its key comes forward.',
      ],
      unknown: found.isActive ? ['Whether the consumer acknowledges it first.'] : [],
    };
  },
  apply: async ({ actions, reason }, plan) => {
    const outcome = await actions.quarantine(plan, plan.position, quarantineQueue, reason);
    if (outcome === 'absent') return 'The message was gone already.';
    if (outcome === 'awaited') return 'The message moves when the consumer that has it gives it back.';
    return `Moved message #${plan.position} of '${plan.queue}' to '${quarantineQueue}'.`;
  },
  undo: async ({ actions }, plan) => {
    const isBack = await actions.returnFromQuarantine(plan, plan.position, quarantineQueue);
    return isBack
      ? `Message #${plan.position} is in '${plan.queue}' again, behind those that are there.`
      : `Message #${plan.position} of '${plan.queue}' is not in '${quarantineQueue}'.`;
  },
  stands: async ({ actions }, plan) => (await actions.find(plan, plan.position)) === undefined,
  check: {
    text: 'The message has left the queue.',
    withinSeconds: 300,
    holds: async ({ actions, plan }) => (await actions.find(plan, plan.position)) === undefined,
  },
});

const keyGiven = z.strictObject({
  ...ofQueue,
  /** The key behind whose first message most others wait, unless said otherwise. */
  key: z.string().min(1).max(255).optional(),
  /** How long; a number is seconds. */
  for: durationOf(60, 30 * 86_400).prefault('24h'),
});

interface KeyPlan extends MessagePlan {
  readonly key: string;
  readonly seconds: number;
}

const quarantineKey = defineRemedy<z.output<typeof keyGiven>, KeyPlan>({
  name: 'quarantine-key',
  title: 'Hold the messages of a key back',
  parameters: keyGiven,
  objectOf: queueObject,
  afterRestart: 'stays',
  preview: async (actions, { vhost, queue, key: given, for: seconds }) => {
    const name = { vhost, queue };
    if (actions.queue(name) === undefined) return absent(name);
    const key = given ?? (await actions.busiestKey(name))?.key;
    if (key === undefined) return { refusal: `no key of '${queue}' holds others back: name one` };
    const first = await actions.firstOfKey(name, key);
    if (first === undefined) return { refusal: `no message of key '${key}' was found in '${queue}'` };
    const { position, messageId } = first;
    return {
      parameters: { ...name, key, for: seconds },
      plan: { ...name, position, key, seconds, ...(messageId === undefined ? {} : { messageId }) },
      effects: [
        `The first message of key '${key}' (#${position}, ${first.failures} failed deliveries) is held for ${seconds} s, and all of its key with it, those to come included.`,
        'Messages of other keys go on.',
        ...(first.isActive ? ['A consumer has it: it is held when it comes back.'] : []),
      ],
      unknown: first.isActive
        ? ['Whether the consumer acknowledges it first: the next of the key then goes on.']
        : [],
    };
  },
  apply: async ({ actions, nowMs }, plan) => {
    const outcome = await actions.holdBack(plan, plan.position, nowMs + plan.seconds * 1_000);
    if (outcome === 'absent') return 'The message was gone already.';
    return outcome === 'awaited'
      ? `Key '${plan.key}' is held when the consumer gives its first message back.`
      : `Key '${plan.key}' of '${plan.queue}' is held.`;
  },
  undo: async ({ actions }, plan) => {
    const isFree = await actions.release(plan, plan.position);
    return isFree
      ? `Key '${plan.key}' of '${plan.queue}' goes on.`
      : `Key '${plan.key}' was not held any more.`;
  },
  stands: async ({ actions }, plan) => {
    const first = await actions.find(plan, plan.position);
    // With a consumer it may be held when it comes back; the wish for that is gone with a restart.
    return first?.isHeldBack ?? undefined;
  },
  check: {
    text: 'The first message of the key is held back.',
    withinSeconds: 300,
    holds: async ({ actions, plan }) => (await actions.find(plan, plan.position))?.isHeldBack === true,
  },
});

export const quarantineRemedies: readonly AnyRemedy[] = [quarantineMessage, quarantineKey];
