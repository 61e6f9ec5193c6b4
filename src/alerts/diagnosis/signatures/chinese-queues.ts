/** The signatures of queues, consumers and messages in Chinese. A test holds it to all that they say. */
import type { Phrases } from '../../../words/index.js';

const backlog: Phrases = {
  'Nobody consumes the queue': '队列没有消费者',
  'Messages have been ready for 20 seconds without a consumer, in a queue that usually has one.':
    '一个平时有消费者的队列，就绪消息已有 20 秒无人消费。',
  'Nothing is delivered.': '没有任何消息被投递。',
  'Ready messages increase.': '就绪消息在增加。',
  'Messages still arrive.': '仍有消息进入。',
  'The consumers of {queue} are gone: it usually has {usualConsumers:figure}, and {ready:figure} messages wait.':
    '{queue} 的消费者都不在了：平时有 {usualConsumers} 个，现在有 {ready} 条消息在等待。',
  'Start the consumers again, or page their owner.': '重新启动消费者，或通知其负责人。',
  "Add {workers:figure} workers: arrivals times the time for each message, less those who work already (Little's law).":
    '增加 {workers} 个工作者：到达速率 × 单条处理时间，再减去已在工作的数量（利特尔法则）。',
  'A consumer is there, and messages are acknowledged.': '有消费者在线，且消息被确认。',
  'The consumers are too slow, or too few': '消费者太慢或太少',
  'More arrives than is acknowledged, and what waits would keep the consumers busy for many seconds.':
    '到达多于确认，积压的消息够消费者忙上许多秒。',
  'They acknowledge less than usual.': '确认的消息比平时少。',
  'No more messages arrive than usual.': '到达的消息不比平时多。',
  'A message takes longer than usual, or there are fewer consumers than usual.':
    '单条消息的处理时间比平时长，或消费者比平时少。',
  'The consumers could hardly take more.': '消费者几乎没有余力。',
  'An operator holds deliveries back.': '运维人员暂停了投递。',
  'They acknowledge as much as usual, while more arrives than usual.': '确认量与平时相当，而到达量比平时多。',
  'Most of what waits is behind another message of its key, and the consumers have time.':
    '等待的消息大多排在同键的另一条消息之后，而消费者有空闲。',
  'The consumers of {queue} acknowledge {acknowledged:figure} a second (usually {usualAcknowledged:figure}), and {arrivals:figure} a second arrive.':
    '{queue} 的消费者每秒确认 {acknowledged} 条（平时 {usualAcknowledged} 条），而每秒到达 {arrivals} 条。',
  'Let each consumer hold {prefetch:figure} messages, where it waits for the network rather than for itself.':
    '若消费者是在等网络而不是忙于处理，让每个消费者可持有 {prefetch} 条消息。',
  'Ready messages decrease.': '就绪消息在减少。',
  'More arrives than the consumers can do': '到达量超过消费者的处理能力',
  'More messages arrive than usual.': '到达的消息比平时多。',
  'The consumers acknowledge as much as usual, or more.': '消费者的确认量与平时相当或更多。',
  'There are as many consumers as usual.': '消费者数量与平时相同。',
  'No more arrives than usual.': '到达量不比平时多。',
  '{arrivals:figure} messages a second arrive at {queue} (usually {usualArrivals:figure}); its consumers do {acknowledged:figure} a second.':
    '{queue} 每秒到达 {arrivals} 条消息（平时 {usualArrivals} 条），消费者每秒处理 {acknowledged} 条。',
  'Hold publishers to {acknowledged:figure} messages a second.': '把发布者限制在每秒 {acknowledged} 条消息。',
  'One key holds the queue up': '一个键堵住了队列',
  'Messages behind others of their key increase, and are more than are ready and than usual; yet the consumers have time.':
    '排在同键消息之后的消息在增加，多于就绪消息，也多于平时；而消费者有空闲。',
  'Few messages are ready: consumers wait for the key.': '就绪消息很少：消费者在等这个键。',
  'They had time for all of the last 15 seconds.': '过去 15 秒里消费者一直有空闲。',
  '{gated:figure} messages of {queue} wait behind others of their key, while consumers have time.':
    '{queue} 有 {gated} 条消息排在同键消息之后等待，而消费者有空闲。',
  'Hold back the key with most behind it, and look at its first message.':
    '暂扣积压最多的键，并查看它的第一条消息。',
  'Divide the key into finer ones.': '把键拆得更细。',
  'Fewer messages wait behind their key.': '排在同键之后等待的消息减少。',
  'An operator paused the queue': '运维人员暂停了队列',
  'The queue is paused, and messages wait.': '队列已暂停，有消息在等待。',
  '{queue} is paused, and {ready:figure} messages wait.': '{queue} 已暂停，{ready} 条消息在等待。',
  'Let it deliver again.': '恢复投递。',
  'Messages are delivered.': '消息被投递。',
  'Pause the queue until the consumers are well again; publishes go on.':
    '暂停队列，直到消费者恢复；发布照常进行。',
};

const consumers: Phrases = {
  'A consumer holds messages and does nothing': '某个消费者持有消息却毫无动作',
  'A consumer has held a message, and acknowledged none, for five times what is usual, twice the longest, and 20 seconds at least.':
    '某个消费者持有消息而没有任何确认，时间已达平时的五倍、历史最长的两倍，且至少 20 秒。',
  'A single consumer is known to be stuck.': '已知卡住的只有一个消费者。',
  'It holds as many messages as it may.': '它持有的消息已达上限。',
  'The queue is acknowledged less than usual, or not at all.': '队列的确认比平时少，或完全没有。',
  'Consumer {consumer} of {queue} has acknowledged nothing for {stuck:figure}, and holds messages.':
    '{queue} 的消费者 {consumer} 已有 {stuck}没有确认任何消息，却仍持有消息。',
  'Close the channel of {consumer}: what it holds comes back to the queue.':
    '关闭 {consumer} 的通道：它持有的消息会回到队列。',
  'Give the queue an x-consumer-timeout, so that the broker does this by itself.':
    '给队列设置 x-consumer-timeout，由消息代理自动完成这件事。',
  'No consumer is stuck.': '没有消费者卡住。',
  'Processing became slower with new consumers, or in one of them': '换了消费者之后处理变慢，或其中一个变慢',
  'Messages take clearly longer since consumers came, or one consumer does less than half of what another does.':
    '有了新消费者之后，单条消息的耗时明显变长；或者某个消费者的完成量不到另一个的一半。',
  'Consumers came less than 150 seconds ago, or one is far slower than another.':
    '消费者上线不到 150 秒，或其中一个远慢于另一个。',
  'A message takes more than twice as long as usual.': '单条消息的耗时是平时的两倍以上。',
  'A consumer is stuck altogether.': '有消费者完全卡住。',
  'A message of {queue} takes {processing:figure} (usually {usualProcessing:figure}) since consumers changed, or because of {consumer}.':
    '自消费者变更以来（或因为 {consumer}），{queue} 的一条消息耗时 {processing}（平时 {usualProcessing}）。',
  'Roll the newest release of the consumers back.': '回滚消费者的最新版本。',
  'Close {consumer}, the slowest, where the others are well.': '若其他消费者正常，关闭最慢的 {consumer}。',
  'A message takes no more than a fourth longer than usual.': '单条消息的耗时不超过平时的 1.25 倍。',
};

const messages: Phrases = {
  'The same messages fail again and again': '同样的消息一再失败',
  'Messages that had failed twice before fail again, more than usual.':
    '已失败两次的消息又失败，且比平时多。',
  'Most failures are of messages that failed before.': '失败的大多是以前失败过的消息。',
  'Others are acknowledged.': '其他消息正常确认。',
  'More is dead-lettered, or redelivered, than usual.': '进入死信或重新投递的消息比平时多。',
  'Hardly anything succeeds: the handler fails, not the message.':
    '几乎全部失败：出错的是处理程序，而不是消息。',
  'Some messages of {queue} fail at every delivery: {again:figure} failures a second are not their first.':
    '{queue} 有些消息每次投递都失败：每秒 {again} 次失败不是第一次。',
  'Move the message that failed most to a queue of its own, with the reason.':
    '把失败次数最多的消息连同原因移到单独的队列。',
  'Set x-delivery-limit and a dead-letter exchange on the queue.':
    '给队列设置 x-delivery-limit 和死信交换机。',
  'No message fails for the third time.': '没有消息第三次失败。',
  'Messages find no queue': '消息找不到队列',
  'More messages find no queue than usual, for 10 seconds.': '10 秒以来找不到队列的消息比平时多。',
  'A queue gets less than usual, about as much as goes astray.':
    '某个队列收到的消息比平时少，差额与丢失路由的量相当。',
  'Usually next to none goes astray.': '平时几乎没有消息丢失路由。',
  '{unroutable:figure} messages a second find no queue: a binding is missing, or a publisher names a wrong key.':
    '每秒有 {unroutable} 条消息找不到队列：缺少绑定，或发布者用错了路由键。',
  'Restore the binding that was removed last.': '恢复最近删除的绑定。',
  'Give the exchange an alternate-exchange, so that nothing is lost meanwhile.':
    '给交换机设置 alternate-exchange，以免期间丢失消息。',
  'As few go astray as usual.': '丢失路由的消息恢复到平时的水平。',
  'Failed messages have nowhere to go': '失败的消息无处可去',
  'Messages were dead-lettered, and their target led to no queue.':
    '消息成为死信，但其目标没有通往任何队列。',
  'All that is dead-lettered is lost.': '所有死信都丢失了。',
  'Usually none is lost.': '平时没有丢失。',
  'The dead-letter target of {queue} leads to no queue: {lost:figure} messages a second are lost.':
    '{queue} 的死信目标没有通往任何队列：每秒丢失 {lost} 条消息。',
  'Bind a queue to the dead-letter exchange of {queue}.': '给 {queue} 的死信交换机绑定一个队列。',
  'No dead letter is lost.': '没有死信丢失。',
  'Deadlines are missed though there is time: the order is wrong, or one handler is too long':
    '明明有时间却错过截止时间：顺序不对，或某个处理程序太长',
  'More messages miss their deadline than usual, though no more arrive than usual and the consumers have time.':
    '到达量不比平时多，消费者也有空闲，错过截止时间的消息却比平时多。',
  'The consumers could take more.': '消费者还有余力。',
  'No backlog grows.': '没有积压在增长。',
  'The longest handler takes five times as long as the mean.': '最长的处理耗时是平均值的五倍。',
  'The consumers have no time left.': '消费者没有空闲。',
  'Everything takes longer than usual.': '所有处理都比平时慢。',
  '{missed:figure} deadlines a second are missed in {queue}, while its consumers have time.':
    '{queue} 每秒错过 {missed} 个截止时间，而它的消费者有空闲。',
  "Let the queue order by deadline, where it does not: declare it with x-order 'deadline'.":
    "若队列尚未按截止时间排序，就改为按它排序：声明时设 x-order 为 'deadline'。",
  'Divide the longest handler, or give it a queue and workers of its own.':
    '拆分最长的处理程序，或给它单独的队列和工作者。',
  'Less than 1 % is late.': '迟到的不到 1 %。',
  'Nothing arrives any more': '不再有消息到达',
  'Nothing has arrived for longer than ever before, and for 20 seconds at least, in which 20 messages are usual; arrivals are steady otherwise.':
    '没有消息到达的时间超过以往任何一次，且至少 20 秒，而平时这段时间会有 20 条消息；其余时候到达很平稳。',
  'The consumers wait for work.': '消费者在等待工作。',
  'At this hour of other days messages arrived.': '其他日子的这个时段有消息到达。',
  'Clients disconnected.': '有客户端断开连接。',
  'At this hour of other days hardly anything arrived.': '其他日子的这个时段几乎没有消息到达。',
  'Nothing has arrived at {queue} for {silence:figure}; {usualArrivals:figure} a second are usual.':
    '{queue} 已有 {silence}没有消息到达；平时每秒 {usualArrivals} 条。',
  'Page the owner of the producer; see which connections closed.': '通知生产者的负责人；查看哪些连接已关闭。',
  'Messages arrive.': '有消息到达。',
};

export const queueSignaturesInChinese: Phrases = { ...backlog, ...consumers, ...messages };
