/** How a missing right is told. */
import type { RightOver } from '../server/may.svelte.ts';
import { sayer } from '../words/words.svelte.ts';

const sayRight = sayer({
  en: {
    queue: 'You may not do this: it needs the right to {right} on the queue {name} in {vhost}.',
    exchange: 'You may not do this: it needs the right to {right} on the exchange {name} in {vhost}.',
    page: 'You may not see this page: it needs the tag monitoring or administrator. An administrator can give it.',
  },
  zh: {
    queue: '您没有权限：需要在 {vhost} 中对队列 {name} 的 {right} 权限。',
    exchange: '您没有权限：需要在 {vhost} 中对交换机 {name} 的 {right} 权限。',
    page: '您无权查看此页面：需要 monitoring 或 administrator 标签，可由管理员授予。',
  },
});

export function rightWords({ right, kind, vhost, name }: RightOver): string {
  return sayRight(kind, { right, vhost, name: name === '' ? 'amq.default' : name });
}

/** Of a page for whoever monitors the server. */
export function pageRightWords(): string {
  return sayRight('page');
}
