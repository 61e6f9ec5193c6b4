/** The signatures of machines, logs and copies in Chinese. A test holds it to all that they say. */
import type { Phrases } from '../../../words/index.js';

const machine: Phrases = {
  'Publishers are blocked for want of memory or disk space': '内存或磁盘空间不足，发布者被阻塞',
  'The memory alarm or the disk alarm has been raised for 5 seconds.': '内存告警或磁盘告警已持续 5 秒。',
  'Much less is published than usual.': '发布量远低于平时。',
  'Connections are blocked.': '有连接被阻塞。',
  'Publishers of {engine} wait until memory or disk space is free: {published:figure} messages a second are published.':
    '{engine} 的发布者在等待内存或磁盘空间：每秒发布 {published} 条消息。',
  'Let consumers drain the longest queues, or purge what nobody needs.':
    '让消费者排空最长的队列，或清空没人需要的消息。',
  'Add disk space, or raise the limit of memory.': '增加磁盘空间，或提高内存上限。',
  'No alarm is raised.': '没有告警。',
  'The disk will be full soon': '磁盘即将写满',
  'At its present pace the disk is full within an hour; or, at the pace of the last hour, within a day.':
    '按目前的速度磁盘一小时内写满；或按过去一小时的速度一天内写满。',
  'The journal grows, and takes what is lost.': '日志在增长，占用了减少的空间。',
  'Queues hold more and more bytes.': '队列持有的字节越来越多。',
  'Less than half of the disk is free.': '磁盘剩余空间不到一半。',
  '{free:figure} are free where the data of {engine} lies, and {falling:figure} less every second.':
    '{engine} 的数据所在磁盘剩余 {free}，每秒减少 {falling}。',
  'Expand the disk, or drain and trim the largest queues before publishers are blocked.':
    '在发布者被阻塞之前扩容磁盘，或排空、裁剪最大的队列。',
  'Free space no longer falls.': '剩余空间不再减少。',
  'Clients connect anew for every few messages': '客户端每发几条消息就重新连接',
  'For 20 seconds more connections open each second than a tenth of those that are open, and than one.':
    '20 秒以来每秒新开的连接超过现有连接的十分之一，且超过一个。',
  'As many close as open.': '关闭的与新开的一样多。',
  'It is more than usual.': '比平时多。',
  '{opened:figure} connections a second are opened at {engine}, {open:figure} are open.':
    '{engine} 每秒新开 {opened} 个连接，当前打开 {open} 个。',
  'Let the client keep one connection and open channels on it.': '让客户端保持一个连接，在其上开通道。',
  'Few connections are opened.': '新开的连接很少。',
  'The process is about to run out of file descriptors': '进程的文件描述符即将耗尽',
  'More than 80 % of the file descriptors have been in use for 10 seconds.':
    '10 秒以来文件描述符占用超过 80 %。',
  'They increase.': '还在增加。',
  'Connections increased with them.': '连接数同步增加。',
  '{open:figure} of {limit:figure} file descriptors of {node} are in use.':
    '{node} 的 {limit} 个文件描述符已用 {open} 个。',
  'Find the client with most connections.': '找出连接最多的客户端。',
  'Raise the limit of open files of the service (LimitNOFILE).': '提高服务的打开文件数上限（LimitNOFILE）。',
  'Less than 75 % are in use.': '占用低于 75 %。',
  'Publishers send faster than the disk takes it': '发布速度超过磁盘写入能力',
  'Publishers had to wait for the disk in more than a third of the last 15 seconds.':
    '过去 15 秒里，发布者有三分之一以上的时间在等磁盘。',
  'More is written than usual.': '写入量比平时多。',
  'A sync takes no longer than usual for as many bytes.': '同样字节数的同步耗时不比平时长。',
  'No more is written than usual: it is the disk that became slower.': '写入量不比平时多：是磁盘变慢了。',
  'Publishers write {written:figure} a second to {engine}, more than its disk takes.':
    '发布者每秒向 {engine} 写入 {written}，超过其磁盘的能力。',
  'Slow the publisher that sends most.': '限制发送最多的发布者。',
  'Let publishers send in batches; put the data on a faster disk.':
    '让发布者批量发送；把数据放到更快的磁盘。',
  'Publishers no longer wait.': '发布者不再等待。',
  'The disk is slow': '磁盘慢',
  'For 15 seconds a sync has taken five times as long as usual, and more than 50 ms.':
    '15 秒以来，一次同步的耗时是平时的五倍，且超过 50 毫秒。',
  'No more is written than usual.': '写入量不比平时多。',
  'Even the fastest half of the syncs is slow.': '连较快的一半同步也慢。',
  'Much more is written than usual.': '写入量远高于平时。',
  'Making a batch durable takes {sync:figure} (usually {usualSync:figure}) at {engine}.':
    '{engine} 把一批数据落盘耗时 {sync}（平时 {usualSync}）。',
  'See what else uses the disk; move the data, or take this node out of service. Where several nodes are slow at once, a person decides.':
    '查看还有什么在用这块磁盘；迁移数据，或让此节点退出服务。若几个节点同时变慢，由人决定。',
  'A sync takes at most twice as long as usual.': '同步耗时不超过平时的两倍。',
  'The disk stands still while the engine looks alive': '引擎看似正常，磁盘却停住了',
  'For 10 seconds bytes have waited to become durable, and no sync has ended.':
    '10 秒以来有字节等待落盘，却没有一次同步完成。',
  'The engine answers.': '引擎有应答。',
  'Syncs usually end every second.': '平时每秒都有同步完成。',
  'Probe messages are lost.': '探测消息丢失。',
  '{unsynced:figure} wait to become durable at {engine}, and no sync ends: nothing is confirmed.':
    '{engine} 有 {unsynced} 等待落盘，而没有同步完成：什么都没有被确认。',
  'Take the node out of service: what it has not confirmed, publishers still have.':
    '让该节点退出服务：未确认的消息仍在发布者手中。',
  'Syncs end.': '同步能够完成。',
};

const offsets: Phrases = {
  'The group has stopped committing': '消费组停止提交',
  'For 30 seconds there has been a lag and no commit.': '30 秒以来有滞后而没有提交。',
  'It usually commits.': '平时会提交。',
  'The lag increases.': '滞后在增加。',
  'Group {group} has committed nothing of partition {partition} of {topic}, {lag:figure} messages behind.':
    '消费组 {group} 没有提交 {topic} 的分区 {partition}，落后 {lag} 条消息。',
  'Restart the consumers of the group, or page their owner.': '重启该组的消费者，或通知其负责人。',
  'Offsets are committed.': '位点在提交。',
  'The group commits the same offset again and again': '消费组反复提交同一个位点',
  'For 30 seconds there has been a lag, and commits moved nothing.': '30 秒以来有滞后，而提交没有推进。',
  'It usually moves.': '平时会推进。',
  'Group {group} is stuck at one message of partition {partition} of {topic}, {lag:figure} messages behind.':
    '消费组 {group} 卡在 {topic} 分区 {partition} 的一条消息上，落后 {lag} 条。',
  'Look at the message at the committed offset: it may be poisoned. Skip it, or mend the handler.':
    '查看已提交位点处的消息：它可能有毒。跳过它，或修复处理程序。',
  'The offset moves.': '位点在推进。',
  'The group falls behind': '消费组在落后',
  'The group moves, and its lag has not fallen once in 60 seconds.': '消费组在推进，但滞后 60 秒内从未下降。',
  'More is appended than usual, or less is done.': '追加的比平时多，或处理的比平时少。',
  'Group {group} falls behind in partition {partition} of {topic}: {lag:figure} messages.':
    '消费组 {group} 在 {topic} 的分区 {partition} 上落后：{lag} 条消息。',
  'Add members up to the number of partitions, or partitions.': '增加成员（至多等于分区数），或增加分区。',
  'The lag falls.': '滞后在下降。',
  'The committed offset moved back': '已提交的位点后退了',
  'An offset was committed that lies before the last one.': '提交的位点在上一个之前。',
  'The lag jumped up.': '滞后突然上升。',
  'Group {group} reads messages of partition {partition} of {topic} a second time.':
    '消费组 {group} 在重复读取 {topic} 分区 {partition} 的消息。',
  'See who reset the offset; see that handlers bear a second delivery.':
    '查明谁重置了位点；确认处理程序能承受重复投递。',
  'It moves back no more.': '不再后退。',
  'The group rebalances again and again': '消费组反复再均衡',
  'The group was dealt out anew more than twice a minute, while its lag increases.':
    '消费组每分钟再均衡超过两次，同时滞后增加。',
  'As many members as usual are there: they are thrown out and come back.':
    '成员数与平时相同：它们被踢出又回来。',
  'The cluster is well.': '集群正常。',
  'Members of {group} take longer for a batch than they may, and are thrown out before they commit.':
    '{group} 的成员处理一批的时间超过允许值，未及提交就被踢出。',
  'Let members take smaller batches or more time (max.poll.records, max.poll.interval.ms), and give them static membership. Do not add members.':
    '让成员每批取得更少或给更多时间（max.poll.records、max.poll.interval.ms），并使用静态成员。不要增加成员。',
  'It is not dealt out anew.': '不再发生再均衡。',
  'One partition is far behind its peers': '一个分区远远落后于其他分区',
  'Its lag has been more than twice that of its peers, and over 100, for 20 seconds.':
    '20 秒以来，它的滞后是其他分区的两倍以上，且超过 100。',
  'It moves: too much of one key arrives.': '它在推进：某个键的消息太多。',
  'It does not move at all.': '它完全不动。',
  'Partition {partition} of {topic} has {lag:figure} messages behind {group}, far more than the others.':
    '{topic} 的分区 {partition} 有 {lag} 条消息未被 {group} 消费，远多于其他分区。',
  'Choose a finer key, or move the partition to an owner of its own.':
    '选用更细的键，或让该分区独占一个消费者。',
  'Members of a group subscribe to different things': '同组成员的订阅不一致',
  'The members of the group have more than one subscription among them, for 15 seconds.':
    '15 秒以来，组内成员的订阅不止一种。',
  'Some partitions are not consumed.': '有些分区没有被消费。',
  'Members of {group} subscribe differently: messages are skipped, or dealt out unevenly.':
    '{group} 的成员订阅不同：消息被跳过，或分配不均。',
  'Make the subscriptions of all members the same, and give different ones a group of their own.':
    '让所有成员的订阅一致，不同的订阅另建消费组。',
  'All subscribe alike.': '所有成员订阅一致。',
};

const copies: Phrases = {
  'Less than a majority of the copies is up': '在线副本不足半数',
  'For 5 seconds at most half of the copies have been in sync.': '5 秒以来，同步的副本至多一半。',
  'It has no leader.': '没有领导者。',
  'Nodes of the cluster are gone.': '集群有节点离线。',
  'Of the copies of partition {partition} of {topic} only {inSync:figure} are in sync.':
    '{topic} 分区 {partition} 的副本中只有 {inSync} 个同步。',
  'Bring the missing members back; do not force a leader that lacks messages.':
    '恢复缺失的成员；不要强制选出缺少消息的领导者。',
  'A majority is in sync.': '多数副本同步。',
  'A copy falls out of sync and comes back, again and again': '一个副本反复失去同步又恢复',
  'Copies fell out of sync or came back more than four times in two minutes.':
    '两分钟内副本失去或恢复同步超过四次。',
  'A copy is behind.': '有副本落后。',
  'A copy of partition {partition} of {topic} cannot keep up: its disk, or pauses of its process.':
    '{topic} 分区 {partition} 的一个副本跟不上：其磁盘慢，或进程有停顿。',
  'Mend the slow node, or move the copy to another.': '修复慢节点，或把副本移到别处。',
  'The copies stay in sync.': '副本保持同步。',
  'Too few copies are in sync to write': '同步的副本太少，无法写入',
  'For 5 seconds fewer copies have been in sync than a full acknowledgement needs.':
    '5 秒以来，同步的副本少于完全确认所需。',
  'Less is appended than usual.': '追加的比平时少。',
  'Writes to partition {partition} of {topic} that want full acknowledgement fail.':
    '对 {topic} 分区 {partition} 要求完全确认的写入失败。',
  'Restore the copy that is missing.': '恢复缺失的副本。',
  'Enough copies are in sync.': '同步的副本足够。',
  'A copy is far behind': '一个副本远远落后',
  'A copy has been more than 10 MiB behind for 10 seconds.': '10 秒以来有副本落后超过 10 MiB。',
  'It falls further behind.': '还在继续落后。',
  'A copy of partition {partition} of {topic} lacks {difference:figure}.':
    '{topic} 分区 {partition} 的一个副本缺少 {difference}。',
  'See to the network and the disk of the copy; do not fail over to it.':
    '检查该副本的网络和磁盘；不要切换到它。',
  'It catches up.': '它正在追上。',
  'The cluster has not exactly one controller': '集群的控制器不是恰好一个',
  'For 5 seconds another number of nodes than one has held itself to be the controller.':
    '5 秒以来，自认为是控制器的节点数不是一个。',
  'Partitions have no leader.': '有分区没有领导者。',
  '{active:figure} nodes of {engine} hold themselves to be the controller.':
    '{engine} 有 {active} 个节点自认为是控制器。',
  'Look at the network between the controllers; a person decides.': '检查控制器之间的网络；由人决定。',
  'There is one controller.': '控制器恰好一个。',
  'One log directory is nearly full': '一个日志目录快满了',
  'It is more than 85 % full, and a fifth fuller than the others of its node.':
    '已用超过 85 %，且比同节点的其他目录满五分之一。',
  'It grows.': '还在增长。',
  '{directory} of {node} is nearly full, while its neighbours have room.':
    '{node} 的 {directory} 快满了，而相邻目录还有空间。',
  'Move partitions to another directory; see whether the cleaner of this one still runs.':
    '把分区移到其他目录；检查此目录的清理程序是否还在运行。',
  'It is less than 80 % full.': '已用低于 80 %。',
  'The disk of one node is slow': '一个节点的磁盘慢',
  'For 10 seconds a flush has taken five times as long as usual, and three times as long as at its peers.':
    '10 秒以来，刷盘耗时是平时的五倍，是其他节点的三倍。',
  'Its slowest flushes take over 100 ms.': '最慢的刷盘超过 100 毫秒。',
  'The disk of {node} is slower than it was, and than those of the other nodes.':
    '{node} 的磁盘比以前慢，也比其他节点慢。',
  'Move its leaders away. Where several nodes are slow at once, a person decides.':
    '把领导者移走。若几个节点同时变慢，由人决定。',
  'A flush takes at most twice as long as usual.': '刷盘耗时不超过平时的两倍。',
  'A node has no time left for requests': '一个节点已无余力处理请求',
  'Its request handlers were idle less than 30 % of the time, for 20 seconds.':
    '20 秒以来，请求处理线程的空闲时间不到 30 %。',
  'It is usually less busy.': '平时没有这么忙。',
  '{node} is busy nearly all the time.': '{node} 几乎一直繁忙。',
  'Add nodes, move leaders, or set quotas for the greediest clients.':
    '增加节点、迁移领导者，或给占用最多的客户端设配额。',
  'It is idle at least 40 % of the time.': '空闲时间至少 40 %。',
  'Writes wait for the page cache': '写入在等待页缓存',
  'A write held the page cache for more than 1 s, or the send queue waits more than 200 ms.':
    '一次写入占用页缓存超过 1 秒，或发送队列等待超过 200 毫秒。',
  'Both are so.': '两者都成立。',
  'The kernel of {node} cannot write its page cache out as fast as messages come.':
    '{node} 的内核写出页缓存的速度跟不上消息到达。',
  'Give the log a faster disk; see to the kernel’s limits of dirty pages.':
    '给日志换更快的磁盘；检查内核的脏页上限。',
  'Neither is so.': '两者都不成立。',
  'Transactions stay undecided': '事务一直未决',
  'A half message is older than 120 seconds.': '有半消息超过 120 秒。',
  'It becomes older.': '还在变老。',
  'Nobody answers when {node} asks what became of a transaction.': '{node} 回查事务结果时无人应答。',
  'Start the producer again whose listener decides, or mend the listener.':
    '重新启动由其监听器决定事务的生产者，或修复该监听器。',
  'No half message is old.': '没有过久的半消息。',
};

export const machineSignaturesInChinese: Phrases = { ...machine, ...offsets, ...copies };
