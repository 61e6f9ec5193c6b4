/** Remedies in Chinese: what they are, what a preview says, what was done, and how it is checked. */
import type { Phrases } from '../../words/index.js';

const titles: Phrases = {
  'End a consumer that hangs: what it holds comes back': '结束卡住的消费者：它持有的消息回到队列',
  'Let a consumer hold more or fewer messages': '让消费者持有更多或更少的消息',
  'Slow a publisher down': '限制发布者的速率',
  'Raise a limit of a queue, by a policy of its own': '用专门的策略提高队列上限',
  'Deliver nothing from a queue': '暂停队列的投递',
  'Deliver from a paused queue again': '恢复已暂停队列的投递',
  'Begin no more tasks of a kind': '不再开始某类任务',
  'Begin tasks of a kind again': '重新开始某类任务',
  'Move the message that fails again and again to sluice.quarantine':
    '把一再失败的消息移到 sluice.quarantine',
  'Hold the messages of a key back': '暂扣某个键的消息',
  'Send dead letters back to where they failed': '把死信送回失败的地方',
  'Let workers run more tasks at a time': '让工作者同时运行更多任务',
};

const effects: Phrases = {
  "Consumer '{consumer}' of user '{user}' ends.": '用户 {user} 的消费者 {consumer} 被结束。',
  "{count:figure} messages come back to '{queue}', the oldest held for {time:figure}; they are delivered again.":
    '{count} 条消息回到 {queue}（最久的已被持有 {time}），会重新投递。',
  'No consumer is left.': '没有剩余的消费者。',
  'One consumer is left.': '还剩一个消费者。',
  '{count:figure} consumers are left.': '还剩 {count} 个消费者。',
  "Consumer '{consumer}' may hold {count:figure} messages; until now {before:figure}. It holds {held:figure}.":
    '消费者 {consumer} 可持有 {count} 条消息；此前 {before}。现在持有 {held} 条。',
  'It holds until the consumer ends.': '在该消费者结束之前有效。',
  '{target}: at most {rate:figure} messages a second together; {connections:figure} connections publish {now:figure} a second now.':
    '{target}：合计每秒至多 {rate} 条消息；现在 {connections} 个连接每秒发布 {now} 条。',
  "{target}: at most {rate:figure} messages a second together; {connections:figure} connections publish {now:figure} a second now, '{busiest}' of user '{user}' most of it.":
    '{target}：合计每秒至多 {rate} 条消息；现在 {connections} 个连接每秒发布 {now} 条，其中用户 {user} 的 {busiest} 最多。',
  'Nothing is refused: their connections are read more slowly, acknowledgements on them too.':
    '不会拒绝任何消息：只是更慢地读取这些连接，其上的确认也会变慢。',
  "{limit} of '{queue}' becomes {to:figure}; it is {from:figure} now.":
    '{queue} 的 {limit} 变为 {to}；现在是 {from}。',
  'A policy for this queue alone says so, with all else that its policy says.':
    '由只针对此队列的策略设定，并保留它原有策略的其他内容。',
  "Nothing is delivered from '{queue}' any more; publishes go on.": '{queue} 不再投递；发布照常。',
  '{ready:figure} messages are ready, {held:figure} are with {consumers:figure} consumers.':
    '{ready} 条消息就绪，{held} 条在 {consumers} 个消费者手中。',
  "'{queue}' delivers again: {ready:figure} messages are ready, {held:figure} are with {consumers:figure} consumers.":
    '{queue} 恢复投递：{ready} 条消息就绪，{held} 条在 {consumers} 个消费者手中。',
  'It holds for every task of that queue.': '对该队列的所有任务有效。',
  "One message moves from '{queue}' to '{target}', with its headers, the reason and where it came from: position {position:figure}, id {id}, {failures:figure} failed deliveries.":
    '一条消息从 {queue} 移到 {target}，连同消息头、原因和来处：位置 {position}，ID {id}，投递失败 {failures} 次。',
  "One message moves from '{queue}' to '{target}', with its headers, the reason and where it came from: position {position:figure}, {failures:figure} failed deliveries.":
    '一条消息从 {queue} 移到 {target}，连同消息头、原因和来处：位置 {position}，投递失败 {failures} 次。',
  'A consumer has it: it moves when it comes back.': '它在某个消费者手中：归还时移走。',
  'The next message of its key comes forward.': '同键的下一条消息可以前进。',
  "The first message of key '{key}' (#{position}, {failures:figure} failed deliveries) is held for {time:figure}, and all of its key with it, those to come included.":
    '键 {key} 的第一条消息（#{position}，投递失败 {failures} 次）被暂扣 {time}，同键的所有消息（包括以后到达的）随之暂扣。',
  'Messages of other keys go on.': '其他键的消息照常。',
  'A consumer has it: it is held when it comes back.': '它在某个消费者手中：归还时暂扣。',
  "{count:figure} messages go back to '{queue}'.": '{count} 条消息回到 {queue}。',
  '{count:figure} stay: their queue is not there any more, or they do not say it.':
    '{count} 条留下：原队列已不存在，或消息没有说明。',
  'At most {rate:figure} a second; it cannot be undone.': '每秒至多 {rate} 条；无法撤销。',
  "{count:figure} tasks of '{queue}' run at a time; {now:figure} now.":
    '{queue} 同时运行 {count} 个任务；现在 {now} 个。',
  'The worker at {place}: {to:figure}, now {from:figure}.': '{place} 的工作者：{to}，现在 {from}。',
  '{count:figure} fewer than wanted: no worker may grow further.':
    '比期望少 {count} 个：没有工作者能再增长。',
  'It holds until the worker ends.': '在该工作者结束之前有效。',
};

const unknown: Phrases = {
  'What the consumer has done with those messages already.': '该消费者已对这些消息做了什么。',
  'Whether its client consumes again.': '它的客户端是否会再次消费。',
  'Whether a limit of its channel or its user is lower.': '其通道或用户的上限是否更低。',
  'How much of that goes to the exchange.': '其中多少是发往该交换机的。',
  'What publishers do that wait longer for their confirms.': '发布者等待确认更久时会怎么做。',
  'How much memory and disk space the messages to come need.': '后续消息需要多少内存和磁盘空间。',
  'How many messages come until it is resumed.': '恢复之前会有多少消息到达。',
  'Whether the consumer acknowledges it first.': '消费者是否会先确认它。',
  'Whether the consumer acknowledges it first: the next of the key then goes on.':
    '消费者是否会先确认它：那样同键的下一条会继续。',
  'Whether they fail again.': '它们是否会再次失败。',
  '{count:figure} more dead letters were not looked at.': '另有 {count} 条死信没有查看。',
  'Whether what the tasks use bears it: databases, processors, other services.':
    '任务所依赖的数据库、处理器和其他服务能否承受。',
};

const refusals: Phrases = {
  "there is no queue '{queue}' in vhost '{vhost}'": '虚拟主机 {vhost} 中没有队列 {queue}',
  "queue '{queue}' has no consumers": '队列 {queue} 没有消费者',
  "queue '{queue}' has no consumer '{consumer}'": '队列 {queue} 没有消费者 {consumer}',
  "consumer '{consumer}' may hold {count:figure} messages already":
    '消费者 {consumer} 已可持有 {count} 条消息',
  'nobody publishes over the network now': '现在没有人通过网络发布',
  "there is no connection '{connection}'": '没有连接 {connection}',
  'it publishes nothing now: say how many a second it may': '它现在没有发布：请说明每秒允许多少条',
  'limits of memory and disk are settings: change limits.memory or limits.diskFree and run sluice reload, or name a queue':
    '内存和磁盘的上限是配置：修改 limits.memory 或 limits.diskFree 并运行 sluice reload，或指定一个队列',
  'the limit of open files is set where the service is started: LimitNOFILE':
    '打开文件数上限在启动服务处设置：LimitNOFILE',
  "queue '{queue}' has no {limit}": '队列 {queue} 没有 {limit}',
  "the {limit} of '{queue}' stands in its declaration or an operator policy: no policy raises it":
    '{queue} 的 {limit} 写在其声明或运维策略中：策略无法提高',
  '{limit} is {value:figure} already': '{limit} 已经是 {value}',
  "queue '{queue}' is paused already": '队列 {queue} 已经暂停',
  "queue '{queue}' is not paused already": '队列 {queue} 本来就没有暂停',
  "'{queue}' is where such messages go": '{queue} 就是这类消息的去处',
  "none of {seen:figure} messages in '{queue}' that were looked at has failed":
    '查看了 {queue} 的 {seen} 条消息，都没有失败过',
  "'{queue}' has no message at position {position:figure}": '{queue} 的位置 {position} 没有消息',
  "no key of '{queue}' holds others back: name one": '{queue} 没有堵住其他消息的键：请指定一个',
  "no message of key '{key}' was found in '{queue}'": '在 {queue} 中没有找到键 {key} 的消息',
  'none of {seen:figure} dead letters that were looked at can go back ({homeless:figure} have no way back)':
    '查看的 {seen} 条死信都无法送回（{homeless} 条没有来路）',
  "no worker of '{queue}' says how far it may grow (concurrency: {rule}): start {more:figure} more consumers where they run ({where:phrase})":
    '{queue} 的工作者都没有说明可增长到多少（concurrency: {rule}）：请在其运行处再启动 {more} 个消费者（{where}）',
  'it has none now': '现在没有',
  'those it has are of {users}': '现有的属于 {users}',
  "the workers of '{queue}' run as many tasks as they may ({running:figure}): start more workers, or give them a higher max":
    '{queue} 的工作者已达到允许的任务数（{running}）：启动更多工作者，或给它们更高的 max',
};

const done: Phrases = {
  "Ended consumer '{consumer}'; {count:figure} messages came back.":
    '已结束消费者 {consumer}；{count} 条消息回到队列。',
  "Consumer '{consumer}' may hold {count:figure} messages.": '消费者 {consumer} 可持有 {count} 条消息。',
  'The consumer has gone, and its limit with it.': '该消费者已离开，其上限随之消失。',
  "Consumer '{consumer}' may hold {count:figure} messages again.":
    '消费者 {consumer} 恢复为可持有 {count} 条消息。',
  'Held {target} to {rate:figure} messages a second.': '已把 {target} 限制在每秒 {rate} 条消息。',
  'Lifted the limit.': '已解除限制。',
  'The limit was lifted already.': '限制早已解除。',
  "Raised {limit} of '{queue}' from {from:figure} to {to:figure}.":
    '已把 {queue} 的 {limit} 从 {from} 提高到 {to}。',
  "{limit} of '{queue}' is {value:figure} again.": '{queue} 的 {limit} 恢复为 {value}。',
  'The policy was gone already.': '该策略早已不在。',
  "Paused queue '{queue}' in vhost '{vhost}'.": '已暂停虚拟主机 {vhost} 的队列 {queue}。',
  "Resumed queue '{queue}' in vhost '{vhost}'.": '已恢复虚拟主机 {vhost} 的队列 {queue}。',
  'The message was gone already.': '该消息早已不在。',
  'The message moves when the consumer that has it gives it back.': '持有它的消费者归还时，消息会移走。',
  "Moved message #{position} of '{queue}' to '{target}'.": '已把 {queue} 的消息 #{position} 移到 {target}。',
  "Message #{position} is in '{queue}' again, behind those that are there.":
    '消息 #{position} 回到 {queue}，排在现有消息之后。',
  "Message #{position} of '{queue}' is not in '{target}'.": '{queue} 的消息 #{position} 不在 {target} 中。',
  "Key '{key}' is held when the consumer gives its first message back.":
    '消费者归还第一条消息时，键 {key} 会被暂扣。',
  "Key '{key}' of '{queue}' is held.": '{queue} 的键 {key} 已暂扣。',
  "Key '{key}' of '{queue}' goes on.": '{queue} 的键 {key} 继续。',
  "Key '{key}' was not held any more.": '键 {key} 早已不再暂扣。',
  'Sent {count:figure} messages back: {places}.': '已送回 {count} 条消息：{places}。',
  "Asked {workers:figure} workers of '{queue}' to run {count:figure} more tasks at a time.":
    '已要求 {queue} 的 {workers} 个工作者同时多运行 {count} 个任务。',
  "The workers of '{queue}' run as many as before.": '{queue} 的工作者恢复原来的任务数。',
  "The workers of '{queue}' run as many as before; {gone:figure} are gone.":
    '{queue} 的工作者恢复原来的任务数；{gone} 个已不在。',
};

const checks: Phrases = {
  'The consumer is gone.': '该消费者已不在。',
  'The consumer has the new limit.': '该消费者已采用新上限。',
  'It publishes no more than the limit.': '它的发布不超过限制。',
  'The limit is in force, the queue is below it, and nothing was removed since.':
    '上限已生效，队列低于上限，此后没有移除任何消息。',
  'The queue is paused.': '队列已暂停。',
  'The queue is not paused.': '队列没有暂停。',
  'The message has left the queue.': '该消息已离开队列。',
  'The first message of the key is held back.': '该键的第一条消息已暂扣。',
  'Fewer than half of what went back has failed again.': '送回的消息再次失败的不到一半。',
  'The workers run as many tasks at a time as they were asked to.': '工作者同时运行的任务数已达到要求。',
  '{text:sentence} Looked at within {within:figure}.': '{text}在 {within}内查看。',
  '{text:sentence} Looked at after {settle:figure} and within {time:figure}.':
    '{text}在 {settle}之后、{time}之内查看。',
};

const steps: Phrases = {
  '{remedy} {id}: {text:sentence}': '{remedy} {id}：{text}',
  'Asked for: {reason:phrase}': '请求批准：{reason}',
  'Refused.': '已拒绝。',
  '{name} said no': '{name} 拒绝了',
  'applied by {name}': '由 {name} 应用',
  'rule {rule}: {summary:phrase}': '规则 {rule}：{summary}',
  'Failed: {why:phrase}': '失败：{why}',
  'Undone. {text:phrase}': '已撤销。{text}',
  'Undone, as it did not help. {text:phrase}': '因无效已撤销。{text}',
  'Undone after a restart. {text:phrase}': '重启后已撤销。{text}',
  'Gone with the restart.': '随重启失效。',
  'Found in force after a restart.': '重启后发现仍在生效。',
  'Was not applied before a restart.': '重启之前没有应用。',
  'the restart came first': '重启先发生了',
  'A restart came while it was applied: its check tells whether it was.':
    '应用时发生重启：由检查判断是否已应用。',
  'Lapsed: nobody approved it in time.': '已失效：没有人及时批准。',
  'nobody approved it in time': '没有人及时批准',
  'It worked: {text:phrase}': '有效：{text}',
  'It did not help: {why:phrase}': '无效：{why}',
  'It did not help: {why:phrase} It stays in force: {kept:phrase}.': '无效：{why}它仍然生效：{kept}。',
  'it does not hold: {text:phrase}': '不成立：{text}',
  'it cannot be told whether it holds: {text:phrase}': '无法判断是否成立：{text}',
  'it cannot be undone': '无法撤销',
  'whoever applied it wants it kept': '应用者希望保留',
  'a person decides on what is not known': '未知的情况由人决定',
  '{remedy} is not applied by the rule: {why:phrase}; a person decides':
    '规则没有应用 {remedy}：{why}；由人决定',
  '{remedy} is not applied: {why:phrase}': '没有应用 {remedy}：{why}',
  '{remedy} was not applied: {why:phrase}': '没有应用 {remedy}：{why}',
  'automatic remedies are off': '自动补救措施已关闭',
  'the rule has applied it {count:figure} times already': '该规则已应用 {count} 次',
  'rules have applied {count:figure} remedies to {object} lately':
    '规则最近已对 {object} 应用 {count} 个补救措施',
  '{count:figure} remedies are in force already': '已有 {count} 个补救措施在生效',
  '{remedy} {id} is not in force: {state}': '{remedy} {id} 没有生效：{state}',
  '{remedy} cannot be undone': '{remedy} 无法撤销',
  '{remedy} {id} does not wait for approval: {state}': '{remedy} {id} 不在等待批准：{state}',
  '{remedy}: something has changed since the preview; look again': '{remedy}：预览之后情况有变；请重新查看',
  '{name} asked: another person approves': '由 {name} 请求：须由另一人批准',
  '{object}: {remedy} {id} is being checked; wait for it, or undo it first':
    '{object}：{remedy} {id} 正在检查；请等待，或先撤销它',
  '{object}: {remedy} {id} is under way; wait for it, or undo it first':
    '{object}：{remedy} {id} 正在进行；请等待，或先撤销它',
  'the configuration has alerts.remedies.automatic: false': '配置中 alerts.remedies.automatic 为 false',
};

export const remediesInChinese: Phrases = {
  ...titles,
  ...effects,
  ...unknown,
  ...refusals,
  ...done,
  ...checks,
  ...steps,
};
