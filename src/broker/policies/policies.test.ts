/** What a policy may be, how two become one, and which is in effect. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SluiceError } from '../../kernel/index.js';
import { checkPolicy } from './check-policy.js';
import { mergeDefinitions, mergeWithArgument } from './merge.js';
import { PolicyBook } from './policy-book.js';
import { makePolicy, type PolicyDeclaration, type PolicyKind } from './policy.js';

const plain: PolicyDeclaration = {
  name: 'p',
  pattern: '^orders',
  applyTo: 'all',
  priority: 0,
  definition: { 'max-length': 5 },
};

function reasons(more: Record<string, unknown>, kind: PolicyKind = 'policy'): unknown {
  try {
    checkPolicy(kind, '/', { ...plain, ...more });
    return undefined;
  } catch (error) {
    return error instanceof SluiceError ? error.details['reasons'] : error;
  }
}

const told = (definition: unknown, kind?: PolicyKind): unknown => reasons({ definition }, kind);

describe('a bad policy', () => {
  it.each([
    [{ 'message-ttl': -1 }, '-1 is not a valid message TTL'],
    [{ 'message-ttl': 'abc' }, '<<"abc">> is not a valid message TTL'],
    [{ 'message-ttl': 1.5 }, '1.5 is not a valid message TTL'],
    [{ 'message-ttl': true }, 'true is not a valid message TTL'],
    [{ expires: 0 }, '0 is not a valid queue expiry'],
    [{ 'max-length': { a: 1 } }, '#{<<"a">> => 1} is not a valid maximum length'],
    [{ 'max-length-bytes': [1, 'b'] }, '[1,<<"b">>] is not a valid maximum length in bytes'],
    [{ 'max-in-memory-length': -1 }, '-1 is not a valid maximum memory in bytes'],
    [{ 'alternate-exchange': 5 }, '5 is not a valid alternate exchange name'],
    [{ 'dead-letter-exchange': 5 }, '5 is not a valid dead letter exchange name'],
    [{ 'dead-letter-routing-key': null }, 'null is not a valid dead letter routing key'],
    [{ 'dead-letter-strategy': 'x' }, '<<"x">> is not a valid dead letter strategy'],
    [{ overflow: 'x' }, '<<"x">> is not a valid overflow value'],
    [{ 'queue-mode': 'x' }, '<<"x">> is not a valid queue-mode value'],
    [{ 'queue-version': 3 }, '3 is not a valid queue-version value'],
    [{ 'ha-mode': 'x' }, '<<"x">> is not a valid ha-mode value'],
    [
      { 'ha-params': 2 },
      'ha-mode must be specified to specify ha-params, ha-sync-mode or ha-promote-on-shutdown',
    ],
    [
      { 'message-ttl': 5, nonsense: 1, other: 'o' },
      '[{<<"nonsense">>,1},{<<"other">>,<<"o">>}] are not recognised policy settings',
    ],
    [
      { 'federation-upstream-set': 'all' },
      '[{<<"federation-upstream-set">>,<<"all">>}] are not recognised policy settings',
    ],
    [{ 'message-ttl': 'q"\\' }, '<<"q\\"\\\\">> is not a valid message TTL'],
    [{}, 'no policy provided'],
    [{ concurrency: 0 }, '0 is not a valid concurrency'],
    [{ 'rate-limit': { count: 5 } }, '#{<<"count">> => 5} is not a valid rate limit'],
  ])('%j is refused in the words of RabbitMQ', (definition, reason) => {
    expect(told(definition)).toEqual([reason]);
  });

  it('is told of every reason at once', () => {
    const faults = { definition: { expires: -5 }, applyTo: 'x', pattern: '(', priority: Infinity, name: '' };
    expect(reasons(faults)).toEqual([
      '-5 is not a valid queue expiry',
      expect.stringContaining("apply-to 'x' unrecognised"),
      expect.stringContaining('pattern should be regular expression but is invalid'),
      expect.stringContaining('priority'),
      expect.stringContaining('name'),
    ]);
  });

  it('names a key that is only a property of objects', () => {
    expect(told(JSON.parse('{"__proto__": 1}'))).toEqual([
      '[{<<"__proto__">>,1}] are not recognised policy settings',
    ]);
  });

  it('of an operator has keys that do not limit', () => {
    expect(told({ overflow: 'drop-head' }, 'operator-policy')).toEqual([
      '[{<<"overflow">>,<<"drop-head">>}] are not recognised policy settings',
    ]);
    const limits = [
      'expires',
      'message-ttl',
      'max-length',
      'max-length-bytes',
      'delivery-limit',
      'concurrency',
    ];
    for (const name of limits) expect(told({ [name]: 5 }, 'operator-policy')).toBe(undefined);
  });
});

describe('two definitions', () => {
  it('become one: the smaller number, and each key that either has', () => {
    const policy = { 'max-length': 10, expires: 5, overflow: 'drop-head', 'delivery-limit': -1 };
    const operator = { 'max-length': 4, expires: 9, 'message-ttl': 1, 'delivery-limit': 3 };
    expect(mergeDefinitions(policy, operator)).toEqual({
      'delivery-limit': -1,
      expires: 5,
      'max-length': 4,
      'message-ttl': 1,
      overflow: 'drop-head',
    });
  });

  it('take the slower rate', () => {
    const [slow, fast] = [
      { count: 5, per: 1_000 },
      { count: 1, per: 100 },
    ];
    expect(mergeDefinitions({ 'rate-limit': fast }, { 'rate-limit': slow })).toEqual({ 'rate-limit': slow });
  });
});

describe('a declared argument', () => {
  it('meets the policy: numbers by the smaller, others by the argument, but for overflow of a quorum queue', () => {
    expect(mergeWithArgument('max-length', 'classic', 10, 4)).toBe(4);
    expect(mergeWithArgument('max-length', 'classic', 3, 4)).toBe(3);
    expect(mergeWithArgument('dead-letter-exchange', 'quorum', 'policys', 'own')).toBe('own');
    expect(mergeWithArgument('overflow', 'classic', 'drop-head', 'reject-publish')).toBe('reject-publish');
    expect(mergeWithArgument('overflow', 'quorum', 'drop-head', 'reject-publish')).toBe('drop-head');
    expect(mergeWithArgument('delivery-limit', 'quorum', -1, 5)).toBe(5);
    expect(mergeWithArgument('delivery-limit', 'quorum', 5, -1)).toBe(5);
    expect(mergeWithArgument('delivery-limit', 'quorum', 9, 5)).toBe(5);
  });
});

describe('a book of policies', () => {
  it('gives the same answers in whatever order it was written', () => {
    const policies = fc.uniqueArray(
      fc.record({
        name: fc.stringMatching(/^[ab]{1,3}$/),
        pattern: fc.constantFrom('', '^a', 'b$', 'ab', '(a|b)+$'),
        applyTo: fc.constantFrom('all', 'queues', 'classic_queues', 'quorum_queues', 'exchanges', 'streams'),
        priority: fc.integer({ min: -1, max: 2 }),
        definition: fc.constantFrom({ expires: 5 }, { 'delivery-limit': 5 }, { 'queue-mode': 'lazy' }),
      }),
      { selector: ({ name }) => name, maxLength: 6 },
    );
    const name = fc.stringMatching(/^[abc]{1,4}$/);
    const type = fc.constantFrom('classic', 'quorum');
    fc.assert(
      fc.property(policies, name, type, (declared, subjectName, queueType) => {
        const [one, other] = [new PolicyBook(), new PolicyBook()];
        const made = declared.map((each) => makePolicy('policy', '/', each as PolicyDeclaration));
        for (const policy of made) one.set(policy);
        for (const policy of made.toReversed()) other.set(policy);
        const subject = { kind: 'queue', name: subjectName, type: queueType } as const;
        const [best] = made
          .filter(({ applyTo }) => ['all', 'queues', `${queueType}_queues`].includes(applyTo))
          .filter(({ definition }) => !('delivery-limit' in definition && queueType === 'classic'))
          .filter(({ definition }) => !('queue-mode' in definition && queueType === 'quorum'))
          .filter(({ pattern }) => new RegExp(pattern).test(subjectName))
          .sort((a, b) => b.priority - a.priority || (a.name < b.name ? -1 : 1));
        expect(one.govern(subject)?.policy).toBe(best);
        expect(other.govern(subject)?.policy).toBe(best);
      }),
    );
  });

  it('does not care how a pattern may backtrack', () => {
    const book = new PolicyBook();
    book.set(makePolicy('policy', '/', { ...plain, pattern: '^(a+)+$' }));
    expect(book.govern({ kind: 'queue', name: `${'a'.repeat(250)}!`, type: 'classic' })).toBe(undefined);
  });
});
