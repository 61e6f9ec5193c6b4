/** What each part of the engine port is, in words. */
import { sayer } from '../../words/words.svelte.ts';

const en = {
  send: 'Send, confirmed',
  receive: 'Receive, held until settled',
  completion: 'Acknowledge and send on in one step',
  retry: 'Retry later',
  deadLetter: 'Dead-letter with the reason',
  extend: 'Longer leases',
  records: 'Key-value records',
  topology: 'Queues, exchanges and bindings',
  pause: 'Pause a queue',
  observe: 'Figures of queues',
  access: 'Users and permissions',
  replicas: 'Copies and their health',
  rewind: 'Back to an earlier time',
  priority: 'Order by priority',
  deadline: 'Order by deadline',
  delay: 'Delayed messages',
  after: 'Messages that wait for others',
  keyedOrder: 'One at a time for each key',
  tenants: 'Fair shares of tenants',
  limits: 'Rates and concurrencies',
  messageIndex: 'Find a message by its id',
  peek: 'Look without consuming',
  messages: 'Single messages: explain, remove',
  replay: 'Consumed messages again',
} as const;

export type KnownCapability = keyof typeof en;

const zh: Readonly<Record<KnownCapability, string>> = {
  send: '发送并确认',
  receive: '接收，确认前保留',
  completion: '确认与转发一步完成',
  retry: '稍后重试',
  deadLetter: '带原因转入死信',
  extend: '延长租约',
  records: '键值记录',
  topology: '队列、交换机和绑定',
  pause: '暂停队列',
  observe: '队列指标',
  access: '用户与权限',
  replicas: '副本及其健康',
  rewind: '回到先前时刻',
  priority: '按优先级排序',
  deadline: '按截止时间排序',
  delay: '延迟消息',
  after: '等待其他消息的消息',
  keyedOrder: '同一键逐条处理',
  tenants: '租户公平份额',
  limits: '速率与并发限制',
  messageIndex: '按标识查找消息',
  peek: '只查看不消费',
  messages: '单条消息：解释、删除',
  replay: '重新消费已消费的消息',
};

const say = sayer({ en, zh });

/** In words; one that this page does not know, by its name alone. */
export function capabilityWords(name: string): string {
  return name in en ? say(name as KnownCapability) : name;
}
