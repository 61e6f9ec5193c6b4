/** What operations refuse, and why, in Chinese. */
import type { Phrases } from '../words/index.js';

const absent: Phrases = {
  "no virtual host '{vhost}'": '没有虚拟主机 {vhost}',
  "there is no queue '{queue}' in vhost '{vhost}'": '虚拟主机 {vhost} 中没有队列 {queue}',
  "no queue '{queue}' in vhost '{vhost}'": '虚拟主机 {vhost} 中没有队列 {queue}',
  "no exchange '{exchange}' in vhost '{vhost}'": '虚拟主机 {vhost} 中没有交换机 {exchange}',
  "no vhost '{vhost}'": '没有虚拟主机 {vhost}',
  "there is no message {position:figure} in queue '{queue}'": '队列 {queue} 中没有消息 {position}',
  'there is no connection {id}': '没有连接 {id}',
  "there is no engine '{name}' in the configuration": '配置中没有引擎 {name}',
  "engine '{name}' does not answer: {problem}": '引擎 {name} 没有应答：{problem}',
  "there is no redrive '{id}'": '没有重投 {id}',
  'there is no session {id}': '没有会话 {id}',
  'there is no such session': '没有这个会话',
  'there is no such user': '没有这个用户',
  "there is no user '{name}'": '没有用户 {name}',
  "there is no task '{name}': nobody declared it": '没有任务 {name}：没有人声明过',
  'there is no task {id}, and nothing is kept of its end': '没有任务 {id}，也没有保留它的结局',
  'the queue was deleted': '队列已被删除',
  'there is no route named {name}': '没有名为 {name} 的路由',
};

const refused: Phrases = {
  "'{queue}' is full": '{queue} 已满',
  "'{queue}' is where the letters are": '死信就在 {queue} 中',
  "'{queue}' is not durable: a restart would lose them": '{queue} 不持久：重启会丢失它们',
  'the queue refused the message: it is full': '队列拒绝了消息：已满',
  'publishers are blocked: {alarms}': '发布者被阻塞：{alarms}',
  "the redrive {id} of '{queue}' is on its way": '{queue} 的重投 {id} 正在进行',
  '{count:figure} redrives are on their way': '已有 {count} 个重投正在进行',
  'another trace reads the journal; try again when it is done': '另一个追踪正在读取日志；请等它完成后再试',
  'messages are not traced here': '这里不追踪消息',
  'no history is kept (monitor.enabled)': '没有保留历史（monitor.enabled）',
  'there are no remedies here: nothing is measured (monitor.enabled)':
    '这里没有补救措施：没有开启测量（monitor.enabled）',
  'nothing is notified here: routes and receivers are settings of a server':
    '这里不发通知：路由和通知对象是服务器的配置',
  'name the message by messageId, or by queue and position': '请用 messageId，或用队列和位置指明消息',
  'one letter at a time is edited: name its position': '一次只能编辑一条死信：请指明位置',
  'headers: not a JSON object': 'headers：不是 JSON 对象',
  'to: the queue that the messages are in': 'to：就是消息所在的队列',
  'from is not before to': 'from 不早于 to',
  "{right} access to {kind:phrase} '{name}' in vhost '{vhost}' refused for user '{user}'":
    '用户 {user} 对虚拟主机 {vhost} 中{kind} {name} 没有 {right} 权限',
  "{right} access to topic '{topic}' in exchange '{exchange}' in vhost '{vhost}' refused for user '{user}'":
    '用户 {user} 对虚拟主机 {vhost} 中交换机 {exchange} 的主题 {topic} 没有 {right} 权限',
  "access to vhost '{vhost}' refused for user '{user}'": '用户 {user} 不能进入虚拟主机 {vhost}',
  exchange: '交换机',
  'the old password is not right': '旧密码不对',
  'the password is empty': '密码为空',
  "user '{name}' exists already": '用户 {name} 已存在',
  'the password has {bytes:figure} bytes; {max:figure} are allowed': '密码有 {bytes} 字节；允许 {max} 字节',
  'no tasks here': '这里没有任务',
  'nothing is measured here': '这里没有测量',
  'one of body and text': 'body 和 text 二选一',
  'one of body, text and json': 'body、text 和 json 三选一',
  'the body is larger than {bytes:figure} bytes: publish it by AMQP': '正文超过 {bytes} 字节：请用 AMQP 发布',
  'the body is not a JSON object': '正文不是 JSON 对象',
};

/** What the audit log says was changed. */
const subjects: Phrases = {
  "user '{name}'": '用户 {name}',
  "user '{name}', by itself": '用户 {name}（本人）',
  "user 'guest', from this machine only": '用户 guest，仅限本机',
  "user '{name}' in place of guest": '用户 {name}，取代 guest',
  "user '{name}' to {tags}": '用户 {name}，标签 {tags}',
  "user '{name}' in vhost '{vhost}'": '虚拟主机 {vhost} 中的用户 {name}',
  "user '{name}' on exchange '{exchange}' in vhost '{vhost}'":
    '虚拟主机 {vhost} 中交换机 {exchange} 上的用户 {name}',
  "every user in vhost '{vhost}'": '虚拟主机 {vhost} 中的所有用户',
  "a session of user '{name}'": '用户 {name} 的会话',
  "queue '{queue}' in vhost '{vhost}'": '虚拟主机 {vhost} 中的队列 {queue}',
  "exchange '{exchange}' in vhost '{vhost}'": '虚拟主机 {vhost} 中的交换机 {exchange}',
  "binding of queue '{destination}' to '{source}' in vhost '{vhost}'":
    '虚拟主机 {vhost} 中队列 {destination} 到 {source} 的绑定',
  "binding of exchange '{destination}' to '{source}' in vhost '{vhost}'":
    '虚拟主机 {vhost} 中交换机 {destination} 到 {source} 的绑定',
  "queue '{queue}' in vhost '{vhost}' to '{to}'": '虚拟主机 {vhost} 中的队列 {queue}，到 {to}',
  "vhost '{vhost}'": '虚拟主机 {vhost}',
  "settings of vhost '{vhost}'": '虚拟主机 {vhost} 的设置',
  "policy '{name}' in vhost '{vhost}'": '虚拟主机 {vhost} 中的策略 {name}',
  "operator policy '{name}' in vhost '{vhost}'": '虚拟主机 {vhost} 中的运维策略 {name}',
  "connection {name} of user '{user}' in vhost '{vhost}'": '虚拟主机 {vhost} 中用户 {user} 的连接 {name}',
  "task '{id}'": '任务 {id}',
  "task '{id}' in queue '{queue}'": '队列 {queue} 中的任务 {id}',
  "schedule '{id}' of task '{task}'": '任务 {task} 的定时计划 {id}',
  'redrive {id}': '重投 {id}',
  definitions: '定义',
  'the server': '服务器',
  'the journal': '日志',
  'the configuration': '配置',
  "rule '{name}'": '规则 {name}',
  "rule '{name}' removed": '删除规则 {name}',
  "route '{name}'": '路由 {name}',
  'incident {id} acknowledged': '认领事件 {id}',
  'incident {id} commented on': '评论事件 {id}',
  'silence {id} for {match}': '静默 {id}：{match}',
  'silence {id} ended': '结束静默 {id}',
  'automatic remedies {state:phrase}': '自动补救措施：{state}',
  on: '开启',
  off: '关闭',
  'the audit log': '审计日志',
};

/** What the audit log says became of it. */
const outcomes: Phrases = {
  '1 message': '1 条消息',
  '{count:figure} messages': '{count} 条消息',
  'it is not there': '不在那里',
  'somebody has it': '正由他人持有',
  'no queue took it': '没有队列接收',
  'it runs: its worker was told': '正在运行：已通知其工作进程',
  'it had ended already': '早已结束',
  'it has not failed': '没有失败',
  'out of the dead letters': '已从死信中取回',
  'its delay has ended': '延迟已结束',
  'nothing had changed': '没有变化',
  'applied {settings}': '已生效：{settings}',
  'a restart is needed for {settings}': '需要重启：{settings}',
  'applied {settings}; a restart is needed for {others}': '已生效：{settings}；需要重启：{others}',
  '{created:figure} created, {updated:figure} updated, {failed:figure} failed':
    '新建 {created}，更新 {updated}，失败 {failed}',
};

/** What a field of a request may not be, as its schema says it. */
const inputs: Phrases = {
  '{field}: Too small: expected string to have >={count:figure} characters': '{field}：至少 {count} 个字符',
  '{field}: Too big: expected string to have <={count:figure} characters': '{field}：至多 {count} 个字符',
  '{field}: Too small: expected number to be >={count:figure}': '{field}：至少为 {count}',
  '{field}: Too big: expected number to be <={count:figure}': '{field}：至多为 {count}',
  '{field}: Invalid input: expected {wanted}, received {given}': '{field}：应为 {wanted}，而不是 {given}',
  '{field}: Invalid option: expected one of {options}': '{field}：应为 {options} 之一',
  'Unrecognized key: {key}': '未知的字段：{key}',
};

export const operationsInChinese: Phrases = { ...absent, ...refused, ...subjects, ...outcomes, ...inputs };
