/** What a record of the audit log is about, in the language in use. Pure. Invariant: names stay as they are. */
import type { Language } from '../words/words.svelte.ts';

const kindsInChinese: Readonly<Record<string, string>> = {
  queue: '队列',
  exchange: '交换机',
  policy: '策略',
  'operator policy': '运维策略',
  user: '用户',
  vhost: '虚拟主机',
};

const plain = /^(queue|exchange|policy|operator policy|user|vhost) '(.*?)'(?: in vhost '(.*)')?$/;

/** The log writes `queue 'orders' in vhost '/'`; what it writes otherwise is told as it stands. */
export function subjectWords(subject: string, language: Language): string {
  const parts = language === 'zh' ? plain.exec(subject) : null;
  if (parts === null) return subject;
  const [, kind = '', name = '', vhost] = parts;
  return `${kindsInChinese[kind]!} ${name}${vhost === undefined ? '' : `（虚拟主机 ${vhost}）`}`;
}
