import { describe, expect, it } from 'vitest';
import { copiesOf } from './managed-copies.js';

describe('copies of a queue', () => {
  it('are those of a quorum queue, and an online follower is not said to be in sync', () => {
    const fields = { leader: 'a', members: ['a', 'b', 'c'], online: ['a', 'b'], node: 'a' };
    expect(copiesOf(fields)).toEqual([
      { node: 'a', role: 'leader', inSync: true },
      { node: 'b', role: 'follower', inSync: undefined },
      { node: 'c', role: 'follower', inSync: false },
    ]);
  });

  it('are unknown to be in sync where nobody says who is online', () => {
    expect(copiesOf({ leader: 'a', members: ['a', 'b'] })[1]).toMatchObject({ inSync: undefined });
  });

  it('are the mirrors of a classic one', () => {
    const fields = { node: 'a', slave_nodes: ['b', 'c'], synchronised_slave_nodes: ['c'] };
    expect(copiesOf(fields).map(({ node, inSync }) => [node, inSync])).toEqual([
      ['a', true],
      ['b', false],
      ['c', true],
    ]);
  });

  it('are none where there is one, or the answer is broken', () => {
    expect(copiesOf({ node: 'a' })).toEqual([]);
    expect(copiesOf({ node: 'a', slave_nodes: 'b', members: null })).toEqual([]);
    expect(copiesOf({ members: [1, null] })).toEqual([]);
  });
});
