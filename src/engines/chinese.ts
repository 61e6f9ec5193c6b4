/** What engines cannot do, and how far they do the rest, in Chinese. */
import type { Phrases } from '../words/index.js';

const absences: Phrases = {
  'a delivery is held until it is settled or its connection ends; there is no lease to extend':
    '投递一直持有到被确认或连接结束；没有可延长的租约',
  'a delivery is held until it is settled; there is no lease to extend':
    '投递一直持有到被确认；没有可延长的租约',
  'a program that opens a directory may do everything; users belong to servers':
    '打开目录的程序可以做任何事；用户属于服务器',
  'one directory on one machine has no replicas': '一台机器上的一个目录没有副本',
  'no history is kept to go back to yet': '尚未保留可回退的历史',
  'acknowledged messages are gone': '已确认的消息不再保留',
  'AMQP cannot ask for users and permissions': 'AMQP 无法查询用户和权限',
  'AMQP cannot ask for replicas': 'AMQP 无法查询副本',
  'a queue keeps no history to go back to': '队列不保留可回退的历史',
  'RabbitMQ cannot hold a queue back from its consumers': 'RabbitMQ 无法暂停队列对消费者的投递',
  'AMQP cannot list queues, exchanges and bindings': 'AMQP 无法列出队列、交换机和绑定',
  'RabbitMQ has no key-value records': 'RabbitMQ 没有键值记录',
  'RabbitMQ cannot find one message, or tell what it waits for':
    'RabbitMQ 无法查找单条消息，也说不出它在等什么',
  'RabbitMQ cannot hold a message until others are done': 'RabbitMQ 无法让消息等待其他消息完成',
  'RabbitMQ has no rates and concurrencies of queues, tenants and keys':
    'RabbitMQ 没有队列、租户和键的速率与并发限制',
  'RabbitMQ cannot find a message in a queue': 'RabbitMQ 无法在队列中查找消息',
};

const limits: Phrases = {
  'queues are described by name; everything can be changed, nothing listed':
    '队列按名称描述；都可更改，但无法列出',
  'ready messages and consumers of named queues; all else is unknown':
    '只知道指定队列的就绪消息和消费者；其他未知',
  'messages are taken and given back at once: consumers miss them meanwhile, and see them marked redelivered':
    '消息取出后立即退回：期间消费者拿不到，之后会看到重新投递标记',
  'follow-ups are sent first and confirmed, then the message is acknowledged: a crash in between sends them twice':
    '先发送后续消息并得到确认，再确认本消息：其间崩溃会重复发送',
  'the message is copied and then acknowledged: a crash in between keeps both':
    '先复制消息再确认：其间崩溃会留下两份',
  'the message is sent again and then acknowledged: a crash in between keeps both, and it returns behind later ones':
    '重新发送消息再确认：其间崩溃会留下两份，且它回到后来消息之后',
  'the pause is up to an eighth longer than asked, and an expiration is dropped':
    '间隔至多比要求长八分之一，且过期时间会丢失',
  'through one queue for each length, 8 lengths for each doubling: up to an eighth later than asked':
    '每种时长一个队列，每倍增分 8 档：至多比要求晚八分之一',
  'not for messages with an expiration or sent through an exchange': '不适用于带过期时间或经交换机发送的消息',
  'cannot be listed or cancelled': '无法列出或取消',
  'RabbitMQ before 4 hands delayed messages over without confirms: a crash at that moment may lose one':
    'RabbitMQ 4 之前转交延迟消息时没有确认：那一刻崩溃可能丢失一条',
  'after a crash of the server up to three minutes later': '服务器崩溃后至多晚三分钟',
  "deadline, rate-monotonic and laxity order within each receiver's prefetched window: ten times what it may hold (160 for a worker of 16) unless `window` says otherwise, and what other receivers hold is theirs":
    '按截止时间、周期或松弛排序，仅在每个接收方的预取窗口内：为其可持有数的十倍（16 并发的工作者为 160），除非 `window` 另有说明；其他接收方持有的不在其内',
  "shares within each receiver's prefetched window: ten times what it may hold (160 for a worker of 16) unless `window` says otherwise, and what other receivers hold is theirs":
    '按份额分配，仅在每个接收方的预取窗口内：为其可持有数的十倍（16 并发的工作者为 160），除非 `window` 另有说明；其他接收方持有的不在其内',
  'by receivers on an engine that declared the queue so': '由声明了该队列的引擎上的接收方执行',
  'one at a time for each receiver, not over several (let one be active: `singleActiveConsumer`)':
    '每个接收方一次一条，不跨接收方（让一个活动：`singleActiveConsumer`）',
  'a key that waits takes up the prefetch, or the `window`': '等待中的键会占用预取或 `window`',
  'a failed message pauses up to 10 minutes at the receiver, longer ones lose their place':
    '失败的消息在接收方至多停留 10 分钟，更久的会失去位置',
  'the engine has not answered yet': '引擎尚未应答',
  'messages are taken as a consumer takes them, sent to the other queue, confirmed, and then acknowledged: a crash in between keeps both':
    '像消费者一样取出消息，发送到另一个队列并得到确认，再确认原消息：其间崩溃会留下两份',
  'what others hold stays': '他人持有的消息不动',
  'messages are taken as a consumer takes them, and each moves in one step':
    '像消费者一样取出消息，每条一步移动',
  'up to 1,000 messages from the front, 32 MiB or 5 s, and none behind them':
    '队首至多 1,000 条消息、32 MiB 或 5 秒，其后的不看',
  'where a queue has a delivery limit, looking at a message may count as a delivery':
    '队列有投递次数限制时，查看一条消息可能算作一次投递',
};

export const enginesInChinese: Phrases = { ...absences, ...limits };
