import { expect, it } from 'vitest';
import { parseTaskMap, taskNameOf, type Naming } from './naming.js';

it.each<[string, string, Naming, string | undefined]>([
  ['mail', 'welcome', {}, 'mail.welcome'],
  ['mail', 'default', {}, 'mail'],
  ['mail', '__default__', {}, 'mail'],
  ['mail', 'mail', {}, 'mail'],
  ['mail', 'two words', {}, undefined],
  ['mail', 'welcome', { template: '{job}-of-{queue}' }, 'welcome-of-mail'],
  ['mail', 'welcome', { template: '{queue}', map: new Map([['mail', 'post']]) }, 'post'],
  ['mail', 'two words', { map: parseTaskMap('{"mail": "post", "mail/two words": "two"}') }, 'two'],
])('a job of %s named %s with %o is %s', (queue, job, naming, task) => {
  expect(taskNameOf(naming, queue, job)).toBe(task);
});

it.each(['', '[]', '{"mail": 1}', '{"mail": "two words"}'])('is no task map: %s', (text) => {
  expect(() => parseTaskMap(text)).toThrow(expect.objectContaining({ code: 'bad-input' }));
});
