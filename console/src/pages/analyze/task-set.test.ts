import { describe, expect, it } from 'vitest';
import { addressOf, commandWords, documentOf, rowOf, rowsMax, setFrom, setOf } from './task-set.ts';

describe('a task set', () => {
  it('survives the address, whatever its names', () => {
    const set = setOf([rowOf('a~b;c!t', '3ms', '10'), rowOf('', '', '', '', '', '5')], {
      policy: 'fixed',
      workers: 3,
      holdBack: true,
    });
    const query = Object.fromEntries(new URLSearchParams(addressOf(set)));
    expect(setFrom(query)).toEqual(set);
  });

  it('is short in the address where it is as usual', () => {
    expect(addressOf(setOf([rowOf('charge', '3', '10'), rowOf('report', '8', '60')]))).toMatchObject({
      tasks: 'charge~3~10;report~8~60',
      policy: '',
      workers: '',
    });
  });

  it('takes what can be read of an address, within bounds', () => {
    expect(setFrom({})).toBeUndefined();
    const set = setFrom({ tasks: 'x;'.repeat(500), policy: 'no', workers: '1e9', learned: '1' })!;
    expect(set.rows).toHaveLength(rowsMax);
    expect(set).toMatchObject({ policy: 'edf', workers: 1, learned: true });
    expect(setFrom({ tasks: 'n'.repeat(5_000) })!.rows[0]!.name).toHaveLength(100);
  });

  it('is a file without what was left out, and the command that reads it', () => {
    const set = setOf([rowOf('7', '3ms', '10', '', '0.5')], { policy: 'rm', workers: 2, holdBack: true });
    expect(documentOf(set)).toEqual({ tasks: [{ name: '7', cost: '3ms', period: 10, jitter: 0.5 }] });
    expect(commandWords(set, 'tasks.json')).toEqual([
      ...['analyze', 'tasks.json', '--policy', 'rm', '--workers', '2', '--hold-back'],
    ]);
  });
});
