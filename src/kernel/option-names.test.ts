/** Options that do not exist, as programs without types write them. */
import { describe, expect, it } from 'vitest';
import { requireKnownOptions, type OptionNames } from './option-names.js';

interface Lamp {
  readonly colour?: string;
  readonly brightness: number;
}

const names: OptionNames<Lamp> = { colour: true, brightness: true };

describe('options', () => {
  it('that exist are taken, also when they are undefined', () => {
    expect(() => {
      requireKnownOptions({ colour: undefined, brightness: 3 }, names, 'a lamp');
      requireKnownOptions({}, names, 'a lamp');
    }).not.toThrow();
  });

  it.each([
    ['color', "'color' is no option of a lamp: did you mean 'colour'?"],
    ['Brightnes', "'Brightnes' is no option of a lamp: did you mean 'brightness'?"],
    ['shade', "'shade' is no option of a lamp: there are colour, brightness"],
    ['constructor', "'constructor' is no option of a lamp: there are colour, brightness"],
  ])('that do not exist are refused by name: %s', (option, message) => {
    expect(() => {
      requireKnownOptions({ brightness: 1, [option]: 1 }, names, 'a lamp');
    }).toThrow(expect.objectContaining({ code: 'bad-input', message, details: { option } }));
  });

  it.each([
    [null, 'null'],
    [undefined, 'undefined'],
    ['red', 'a string'],
    [[], 'a list'],
    [3, 'a number'],
  ])('are an object, not %o', (given, kind) => {
    expect(() => {
      requireKnownOptions(given as never, names, 'a lamp');
    }).toThrow(
      expect.objectContaining({
        code: 'bad-input',
        message: `the options of a lamp are an object, not ${kind}`,
      }),
    );
  });
});
