/** The hand-over report in Chinese. */
import type { Phrases } from '../../words/index.js';

export const reportInChinese: Phrases = {
  'free disk reaches its limit at this pace': '按此速度，剩余磁盘空间将达到下限',
  'descriptors run out at this pace': '按此速度，文件描述符将耗尽',
  'memory reaches its limit at this pace': '按此速度，内存将达到上限',
  'a queue of {owner} reaches its limit ({limit})': '{owner} 的一个队列将达到上限（{limit}）',
  '{count:figure} deadlines were missed': '错过 {count} 个截止时间',
  'a message waits that cannot meet its deadline any more': '有等待中的消息已不可能赶上截止时间',
  '{summary:phrase} (silence {silence})': '{summary}（静默 {silence}）',
  '{summary:phrase} (no news while another alert fires)': '{summary}（另一告警触发期间不再通知）',
  '{summary:phrase} (fired, and cannot be measured now)': '{summary}（曾触发，现在无法测量）',
  'nobody has acknowledged incident {id}: {title:phrase}': '事件 {id} 无人确认：{title}',
  'receiver {name} is failing': '通知对象 {name} 发送失败',
  'receiver {name} is broken': '通知对象 {name} 已失效',
  'receiver {name} is failing: {reason}': '通知对象 {name} 发送失败：{reason}',
  'receiver {name} is broken: {reason}': '通知对象 {name} 已失效：{reason}',
  'no probe message was sent through engine {engine}: a loss of messages in it would not be seen':
    '没有向引擎 {engine} 发送探测消息：其中若丢消息将不会被发现',
  '{source} cannot be measured: {problem}': '无法测量 {source}：{problem}',
  'the audit log is for administrators': '审计日志仅供管理员查看',
  'acts of operators before {moment} were not read': '{moment} 之前的操作没有读取',
  'rules are not evaluated here: there are no alerts and incidents to tell of':
    '这里没有运行规则：没有告警和事件可报告',
  'history begins at {moment}: nothing is known before': '历史从 {moment} 开始：此前一无所知',
  'the history of {count:figure} more queues was not read': '另有 {count} 个队列的历史没有读取',
};
