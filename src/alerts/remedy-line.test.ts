import { expect, it } from 'vitest';
import { remedyLine } from './remedy-line.js';

it('tells a remedy with its command, and advice without one', () => {
  expect(remedyLine({ text: 'Let it deliver again.', command: 'sluice remedy apply resume-queue' })).toBe(
    'Let it deliver again: sluice remedy apply resume-queue',
  );
  expect(remedyLine({ text: 'Do it.', command: 'sluice do' }, ['--incident 1', '--data d'])).toBe(
    'Do it: sluice do --incident 1 --data d',
  );
  expect(remedyLine({ text: 'Roll it back.', command: '' })).toBe('Roll it back.');
});
