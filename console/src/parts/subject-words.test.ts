import { expect, it } from 'vitest';
import { subjectWords } from './subject-words.ts';

it.each([
  ["queue 'orders' in vhost '/'", '队列 orders（虚拟主机 /）'],
  ["queue 'it's' in vhost 'eu'", "队列 it's（虚拟主机 eu）"],
  ["operator policy 'short' in vhost '/'", '运维策略 short（虚拟主机 /）'],
  ["user 'ann'", '用户 ann'],
  ["user 'ann' to monitoring", "user 'ann' to monitoring"],
  ['close-consumer 69bd for incident ca12', 'close-consumer 69bd for incident ca12'],
])('tells %s in Chinese as far as it is plain', (subject, told) => {
  expect(subjectWords(subject, 'zh')).toBe(told);
  expect(subjectWords(subject, 'en')).toBe(subject);
});
