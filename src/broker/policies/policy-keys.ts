/**
 * The keys that a definition may have: who may set each, what its value must be, which queues have no use for it, and
 * how two values become one. Rules and refusals are those of RabbitMQ 3.10 to 4.x; Sluice's own keys stand at the end.
 */
import type { QueueType } from '../queue-settings.js';
import { erlangText } from './erlang-text.js';
import type { PolicyValue } from './policy.js';

/** How two values of one key become one. */
export type Merging = 'smaller' | 'larger' | 'smaller-limit' | 'slower' | 'first';

/** What a key does here: it is an argument of queues, one of exchanges, or nothing, as Sluice has no such thing. */
export type KeyEffect = 'queue' | 'exchange' | 'none';

export interface PolicyKey {
  readonly effect: KeyEffect;
  /** What is wrong with a value; undefined: nothing. */
  readonly check: (value: PolicyValue) => string | undefined;
  /** An operator policy may have it. */
  readonly isLimit: boolean;
  readonly merging: Merging;
  /** A queue of such a type passes over the whole policy. */
  readonly foreignTo: readonly QueueType[];
  /** Against an argument of a queue of such a type the policy wins, rather than the argument. */
  readonly overrules: readonly QueueType[];
}

type Rest = Partial<Omit<PolicyKey, 'effect' | 'check'>>;

function key(effect: KeyEffect, check: PolicyKey['check'], rest: Rest = {}): PolicyKey {
  return { effect, check, isLimit: false, merging: 'first', foreignTo: [], overrules: [], ...rest };
}

function valid(what: string, isValid: (value: PolicyValue) => boolean): PolicyKey['check'] {
  return (value) => (isValid(value) ? undefined : `${erlangText(value)} is not a valid ${what}`);
}

const isText = (value: PolicyValue): boolean => typeof value === 'string';
const isInteger = (value: PolicyValue): boolean => typeof value === 'number' && Number.isInteger(value);
const isFrom =
  (min: number) =>
  (value: PolicyValue): boolean =>
    typeof value === 'number' && Number.isInteger(value) && value >= min;
const isOneOf =
  (...choices: readonly PolicyValue[]) =>
  (value: PolicyValue): boolean =>
    choices.includes(value);

function limit(effect: KeyEffect, what: string, min: number, rest: Rest = {}): PolicyKey {
  return key(effect, valid(what, isFrom(min)), { isLimit: true, merging: 'smaller', ...rest });
}

const anyType: readonly QueueType[] = ['classic', 'quorum'];
const agePattern = /^\d{1,15}(?:Y|M|D|h|m|s)$/;
const rateFields: readonly string[] = ['count', 'per', 'burst'];

function isRate(value: PolicyValue): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const fields = new Map(Object.entries(value));
  if (!fields.has('count') || !fields.has('per')) return false;
  const isCount = ([name, part]: [string, PolicyValue]): boolean =>
    rateFields.includes(name) && isFrom(1)(part) && Number(part) <= (name === 'per' ? 3.1e10 : 1e9);
  return [...fields].every(isCount);
}

/** Of mirrored classic queues, which RabbitMQ has given up: taken from old definitions, and without effect. */
const mirroring = (what: string, isValid: (value: PolicyValue) => boolean): PolicyKey =>
  key('none', valid(what, isValid), { isLimit: true, foreignTo: ['quorum'] });

/** Every key by its name. */
export const policyKeys: ReadonlyMap<string, PolicyKey> = new Map([
  ['alternate-exchange', key('exchange', valid('alternate exchange name', isText))],
  ['dead-letter-exchange', key('queue', valid('dead letter exchange name', isText))],
  ['dead-letter-routing-key', key('queue', valid('dead letter routing key', isText))],
  [
    'dead-letter-strategy',
    key('none', valid('dead letter strategy', isOneOf('at-most-once', 'at-least-once')), {
      foreignTo: ['classic'],
      overrules: ['quorum'],
    }),
  ],
  ['message-ttl', limit('queue', 'message TTL', 0)],
  ['expires', limit('queue', 'queue expiry', 1)],
  ['max-length', limit('queue', 'maximum length', 0)],
  ['max-length-bytes', limit('queue', 'maximum length in bytes', 0)],
  ['max-in-memory-length', limit('none', 'maximum memory in bytes', 0, { foreignTo: ['classic'] })],
  ['max-in-memory-bytes', limit('none', 'maximum memory in bytes', 0, { foreignTo: ['classic'] })],
  [
    'overflow',
    key('queue', valid('overflow value', isOneOf('drop-head', 'reject-publish', 'reject-publish-dlx')), {
      overrules: ['quorum'],
    }),
  ],
  [
    'delivery-limit',
    key('queue', valid('delivery limit', isInteger), {
      isLimit: true,
      merging: 'smaller-limit',
      foreignTo: ['classic'],
    }),
  ],
  ['consumer-timeout', key('queue', valid('consumer timeout', isFrom(0)), { merging: 'smaller' })],
  [
    'queue-mode',
    key('none', valid('queue-mode value', isOneOf('default', 'lazy')), { foreignTo: ['quorum'] }),
  ],
  ['queue-version', key('none', valid('queue-version value', isOneOf(1, 2)), { isLimit: true })],
  [
    'queue-leader-locator',
    key(
      'none',
      valid('queue leader locator value', isOneOf('client-local', 'balanced', 'random', 'least-leaders')),
    ),
  ],
  ['queue-master-locator', mirroring('queue-master-locator value', isText)],
  [
    'target-group-size',
    limit('none', 'qq target count value', 1, { merging: 'larger', foreignTo: ['classic'] }),
  ],
  ['ha-mode', mirroring('ha-mode value', isOneOf('all', 'exactly', 'nodes'))],
  ['ha-params', mirroring('ha-params value', () => true)],
  ['ha-sync-mode', mirroring('ha-sync-mode value', isOneOf('manual', 'automatic'))],
  ['ha-sync-batch-size', mirroring('ha-sync-batch-size value', isFrom(1))],
  ['ha-promote-on-shutdown', mirroring('ha-promote-on-shutdown value', isOneOf('always', 'when-synced'))],
  ['ha-promote-on-failure', mirroring('ha-promote-on-failure value', isOneOf('always', 'when-synced'))],
  [
    'max-age',
    key(
      'none',
      valid('max age', (value) => typeof value === 'string' && agePattern.test(value)),
      { foreignTo: anyType },
    ),
  ],
  ['stream-max-segment-size-bytes', key('none', valid('segment size', isFrom(0)), { foreignTo: anyType })],
  ['initial-cluster-size', key('none', valid('cluster size', isFrom(0)), { foreignTo: anyType })],
  ['concurrency', key('queue', valid('concurrency', isFrom(1)), { isLimit: true, merging: 'smaller' })],
  ['rate-limit', key('queue', valid('rate limit', isRate), { isLimit: true, merging: 'slower' })],
  ['key-rate-limit', key('queue', valid('key rate limit', isRate), { isLimit: true, merging: 'slower' })],
]);

/** Of mirrored queues, and only with the mode. */
export const mirroringKeys: readonly string[] = [
  'ha-params',
  'ha-sync-mode',
  'ha-sync-batch-size',
  'ha-promote-on-shutdown',
  'ha-promote-on-failure',
];
