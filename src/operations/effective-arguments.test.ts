import { describe, expect, it } from 'vitest';
import { effectiveArguments } from './effective-arguments.js';

describe('what governs a queue of another engine', () => {
  it('is what it was declared with where a policy sets something else', () => {
    const declared = { 'x-dead-letter-exchange': 'own', 'x-queue-type': 'classic' };
    const policy = { 'dead-letter-exchange': 'policys', 'queue-mode': 'lazy' };
    expect(effectiveArguments('queue', 'classic', declared, policy)).toEqual({
      ...declared,
      'x-queue-mode': 'lazy',
    });
  });

  it('is the smaller of two limits, and of a quorum queue the overflow of the policy', () => {
    const declared = { 'x-max-length': 10, 'x-max-length-bytes': 900, 'x-overflow': 'reject-publish' };
    const policy = { 'max-length': 5, 'max-length-bytes': 1_000, overflow: 'drop-head' };
    const limits = { 'x-max-length': 5, 'x-max-length-bytes': 900 };
    expect(effectiveArguments('queue', 'classic', declared, policy)).toEqual({
      ...limits,
      'x-overflow': 'reject-publish',
    });
    expect(effectiveArguments('queue', 'quorum', declared, policy)).toEqual({
      ...limits,
      'x-overflow': 'drop-head',
    });
  });

  it('is the alternate exchange of an exchange by its own name, and no name of a prototype', () => {
    const policy = { 'alternate-exchange': 'else', constructor: 'x' };
    expect(effectiveArguments('exchange', undefined, {}, policy)).toEqual(policy);
  });
});
