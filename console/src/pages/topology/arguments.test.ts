import { describe, expect, it } from 'vitest';
import { argumentsOf, argumentWords, queueArguments } from './arguments.ts';

describe('arguments', () => {
  it('are sent as what they are, and left out where nothing was typed', () => {
    const typed = {
      'x-max-length': ' 100 ',
      'x-max-length-bytes': '',
      'x-order': 'deadline',
      'x-single-active-consumer': true,
      'x-message-index': false,
      'x-fair': '{"gold":3}',
      'x-dead-letter-exchange': '7',
    };
    const { table, wrong } = argumentsOf(queueArguments, typed);
    expect(wrong).toEqual([]);
    expect(table).toEqual({
      'x-max-length': 100,
      'x-order': 'deadline',
      'x-single-active-consumer': true,
      'x-fair': { gold: 3 },
      'x-dead-letter-exchange': '7',
    });
    expect(argumentWords(table)).toContain('x-fair={"gold":3}');
    expect(argumentWords(table)).toContain('x-order=deadline');
  });

  it.each([
    ['x-max-length', '-1'],
    ['x-max-length', '1e9'],
    ['x-fair', '{'],
    ['x-fair', '5'],
  ])('%s is not %s', (name, value) => {
    expect(argumentsOf(queueArguments, { [name]: value })).toEqual({ table: {}, wrong: [name] });
  });
});
