/** Alerts in Chinese: the default rules with their help, conditions, and how an alert ends. */
import type { Phrases } from '../../words/index.js';
import { kindsInChinese } from '../kinds-in-chinese.js';

const summaries: Phrases = {
  '{queue} has {value:figure} messages and no consumer': '{queue} 有 {value} 条消息，没有消费者',
  '{queue} would take {value:figure} to drain': '{queue} 需要 {value}才能排空',
  '{queue} reaches a million messages in {value:figure}': '{queue} 将在 {value}后达到一百万条消息',
  'The oldest message of {queue} has waited {value:figure}': '{queue} 最旧的消息已等待 {value}',
  '{value:figure} of the messages of {queue} become dead letters': '{queue} 有 {value} 的消息成为死信',
  '{value:figure} of the deliveries of {queue} are repetitions': '{queue} 有 {value} 的投递是重复投递',
  '{value:figure} of the messages of {queue} are dropped by its limit':
    '{queue} 有 {value} 的消息因上限被丢弃',
  '{value:figure} of the messages of {queue} miss their deadline': '{queue} 有 {value} 的消息错过截止时间',
  '{value:figure} of the runs of {task} fail': '任务 {task} 有 {value} 的执行失败',
  'Consumer {consumer} of {queue} has held a message for {value:figure}':
    '{queue} 的消费者 {consumer} 持有一条消息已 {value}',
  'Publishers of {engine} are blocked: {alarm:phrase}': '{engine} 的发布者被阻塞：{alarm}',
  'Free disk of {node} is {value:figure} of its limit': '{node} 的剩余磁盘空间是下限的 {value}',
  'The disk of {node} is full in {value:figure}': '{node} 的磁盘将在 {value}后写满',
  '{node} uses {value:figure} of its memory limit': '{node} 已用内存上限的 {value}',
  '{node} uses {value:figure} of its file descriptors': '{node} 已用文件描述符的 {value}',
  'The event loop of {node} is {value:figure} late': '{node} 的事件循环滞后 {value}',
  'Syncs of {engine} take {value:figure}': '{engine} 的同步耗时 {value}',
  '{engine} does not answer': '{engine} 没有应答',
  '{engine} has given no probe message back for {value:figure}': '{engine} 已 {value}没有返回探测消息',
  '{engine} loses probe messages': '{engine} 丢失探测消息',
  '{engine} has not been measured for {value:figure}': '{engine} 已 {value}没有测量数据',
  '{engine} has {value:figure} partitions with too few copies in sync':
    '{engine} 有 {value} 个分区的同步副本过少',
  '{engine} has {value:figure} partitions without a leader': '{engine} 有 {value} 个分区没有领导者',
  '{group} is {value:figure} behind in {topic}': '{group} 在 {topic} 上落后 {value}',
  'Notifications to {receiver} do not arrive': '发往 {receiver} 的通知无法送达',
  'Connections of {engine} are replaced {value:figure} a minute': '{engine} 的连接每分钟被替换 {value}',
  '{value:figure} messages of {engine} find no queue': '{engine} 有 {value} 消息找不到队列',
};

const helps: Phrases = {
  'Messages come to a queue, and nobody takes them. Start its consumers, or see why they left.':
    '有消息进入队列，却无人取走。启动消费者，或查明它们为何离开。',
  'At these rates a queue needs over ten minutes to become empty, or never will. Consumers are too few, or too slow.':
    '按目前的速率，队列需要十分钟以上才能排空，或永远排不空。消费者太少或太慢。',
  'A queue grows steadily, and reaches a million messages within four hours. Add workers before it does.':
    '队列持续增长，四小时内将达到一百万条消息。请提前增加工作者。',
  'A message waits for a quarter of an hour though there are consumers. One may be stuck, or a key blocked.':
    '有消费者，却有消息等了一刻钟。可能有消费者卡住，或某个键被堵住。',
  'Consumers give up on more than one message in twenty. Look at the reason in the headers of the dead letters.':
    '消费者放弃的消息超过二十分之一。请看死信消息头里的原因。',
  'More than one delivery in five is a repetition: consumers fail, disconnect, or take longer than their timeout.':
    '超过五分之一的投递是重复的：消费者失败、断开，或处理超时。',
  'A limit of a queue refuses or removes more than one message in a hundred. Raise it, or add consumers.':
    '队列上限拒绝或移除的消息超过百分之一。提高上限，或增加消费者。',
  'More than one message in fifty ends after its deadline. See least laxity, processing time and consumers.':
    '超过五十分之一的消息在截止时间之后才结束。请看最小松弛时间、处理时间和消费者。',
  'More than one task in five fails for good. Look at the error of its dead letters.':
    '超过五分之一的任务最终失败。请看其死信中的错误。',
  'A consumer has held a message for a quarter of an hour and acknowledged nothing meanwhile. Close it, or mend it.':
    '某个消费者持有一条消息达一刻钟，期间没有任何确认。关闭或修复它。',
  'The engine is out of memory or disk and blocks whoever publishes. Consumers go on.':
    '引擎内存或磁盘不足，阻塞了所有发布者。消费者照常工作。',
  'Free space is under twice the limit at which publishers are blocked. Make room, or let consumers catch up.':
    '剩余空间不到阻塞发布者下限的两倍。请腾出空间，或让消费者赶上。',
  'At this pace the disk is full within half a day. A backlog, archives or something else on it grows.':
    '按此速度磁盘半天内写满。积压、归档或磁盘上的其他内容在增长。',
  'Memory is near the limit at which publishers are blocked.': '内存接近阻塞发布者的上限。',
  'Files and sockets are nearly used up; new connections will be refused. Raise the limit, or find who leaks.':
    '文件和套接字即将用尽，新连接会被拒绝。提高上限，或找出泄漏者。',
  'The process comes late to everything that it does: heartbeats and deliveries wait.':
    '进程做什么都滞后：心跳和投递都在等待。',
  'Making a batch durable takes long; confirms wait for it. The disk is busy, or failing.':
    '一批数据落盘耗时过长，发布确认都在等它。磁盘繁忙或即将损坏。',
  'An engine does not answer. Its queues are not judged meanwhile.': '某个引擎没有应答。期间不判断它的队列。',
  'Probe messages do not come back: the engine takes none, or gives none out, whatever its interfaces say.':
    '探测消息没有返回：无论接口怎么说，引擎收不进或发不出消息。',
  'A probe message was confirmed and never came.': '有探测消息已被确认，却从未到达。',
  'An engine has not been measured for a minute: every figure of it is unknown, and no other rule can speak.':
    '某个引擎已有一分钟没有测量数据：它的所有数值未知，其他规则也无从判断。',
  'Partitions have fewer copies in sync than they are to have: one more failure may lose messages.':
    '分区的同步副本少于应有数量：再有一次故障就可能丢消息。',
  'Partitions without a leader take and give nothing.': '没有领导者的分区既不收也不发。',
  'A group of consumers is a quarter of an hour behind. Add consumers up to the count of partitions.':
    '某个消费组落后一刻钟。增加消费者，至多等于分区数。',
  'Notifications cannot be delivered. Test the route: sluice alert test-route NAME.':
    '通知无法送达。测试路由：sluice alert test-route NAME。',
  'Clients open over five connections a second, and every connection is replaced within a minute. Let them keep one.':
    '客户端每秒新开五个以上的连接，每个连接一分钟内就被替换。让它们保持一个连接。',
  'Messages find no queue: a binding is missing, or a routing key is misspelt.':
    '消息找不到队列：缺少绑定，或路由键拼写有误。',
};

/** What a rule compares, without for how long. */
const conditions: Phrases = {
  '{metric:metric} more than {level:figure}': '{metric} 高于 {level}',
  '{metric:metric} less than {level:figure}': '{metric} 低于 {level}',
  '{metric:metric} set': '{metric} 为真',
  '{metric:metric} not set': '{metric} 不为真',
  'change of {metric:metric} over {window:figure} more than {level:figure}':
    '{metric} 在 {window}内的变化高于 {level}',
  'change of {metric:metric} over {window:figure} less than {level:figure}':
    '{metric} 在 {window}内的变化低于 {level}',
  '{metric:metric} more than {level:figure} within {time:figure}': '{metric} 将在 {time}内高于 {level}',
  '{metric:metric} less than {level:figure} within {time:figure}': '{metric} 将在 {time}内低于 {level}',
  '{metric:metric} over {deviations:figure} deviations from what is usual at this time of day':
    '{metric} 与此时段平时的水平相差超过 {deviations} 个标准差',
  '{metric} absent': '{metric} 不存在',
  '{metric:metric} burns the error budget of {objective:figure} % too fast':
    '{metric} 消耗 {objective} % 目标的错误预算过快',
  '{metric} not measured for {time:figure}': '{metric} 已 {time}没有测量数据',
  'told by the program': '由程序告知',
};

const lastingConditions: Phrases = Object.fromEntries(
  Object.entries(conditions).map(([english, said]) => [
    `${english} for {lasting:figure}`,
    `${said}，持续 {lasting}`,
  ]),
);

const endings: Phrases = {
  'the {kind:phrase} is gone': '{kind}已不存在',
  '{guards} no longer': '不再满足 {guards}',
  '{series:metric} is {value:figure}': '{series} 为 {value}',
  'its rule is no longer in force': '它的规则已不再生效',
};

/** Kinds of objects, where a sentence names one. */
const kinds: Phrases = {
  ...kindsInChinese,
  memory: '内存',
  disk: '磁盘',
};

export const rulesInChinese: Phrases = {
  ...summaries,
  ...helps,
  ...conditions,
  ...lastingConditions,
  ...endings,
  ...kinds,
};
