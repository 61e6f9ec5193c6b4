/** What a task waits for, in Chinese. */
import type { Phrases } from '../words/index.js';

export const tasksInChinese: Phrases = {
  'running: attempt {attempt:figure}': '运行中：第 {attempt} 次尝试',
  'running: attempt {attempt:figure}, for {time:figure}': '运行中：第 {attempt} 次尝试，已 {time}',
  'running by {worker}: attempt {attempt:figure}': '由 {worker} 运行：第 {attempt} 次尝试',
  'running by {worker}: attempt {attempt:figure}, for {time:figure}':
    '由 {worker} 运行：第 {attempt} 次尝试，已 {time}',
  'waiting: delayed until {moment}': '等待：延迟到 {moment}',
  'waiting: delayed until {moment}, to be tried again after {count:figure} failed attempt':
    '等待：{count} 次尝试失败，延迟到 {moment} 重试',
  'waiting: delayed until {moment}, to be tried again after {count:figure} failed attempts':
    '等待：{count} 次尝试失败，延迟到 {moment} 重试',
  'waiting: task {task} must end first': '等待：任务 {task} 须先结束',
  'waiting: tasks {tasks} and {count:figure} more must end first':
    '等待：任务 {tasks} 等另外 {count} 个须先结束',
  'waiting: tasks {tasks} must end first': '等待：任务 {tasks} 须先结束',
  'waiting: its key is busy ({who:phrase})': '等待：它的键被占用（{who}）',
  'waiting: key {key} is busy ({who:phrase})': '等待：键 {key} 被占用（{who}）',
  '{task:phrase}, running': '{task} 正在运行',
  '{task:phrase}, first in line': '{task} 排在最前',
  '{task:phrase}, {time:figure}': '{task} 已运行 {time}',
  '{task:phrase}, delayed until {moment}': '{task} 延迟到 {moment}',
  'another task': '另一个任务',
  'task {task}': '任务 {task}',
  'waiting: the rate limit of its {of:phrase} holds it until {moment}':
    '等待：受{of}的限流约束，直到 {moment}',
  'waiting: its {of:phrase} has {running:figure} of {max:figure} running':
    '等待：其{of}已有 {running} 个在运行，上限 {max}',
  'waiting: its queue is paused': '等待：队列已暂停',
  'waiting: no worker serves its queue': '等待：没有工作者处理它的队列',
  'waiting: every worker is busy; {place:phrase}': '等待：所有工作者都在忙；{place}',
  'waiting: {tenants:figure} tenants take turns; {place:phrase}': '等待：{tenants} 个租户轮流；{place}',
  'waiting: {place:sentence}': '等待：{place}',
  'position {position:figure} of {count:figure}': '排在第 {position} 位，共 {count}',
  'position about {position:figure} of {count:figure}': '约排在第 {position} 位，共 {count}',
  'on its way to another queue': '正在移往另一个队列',
  'unknown: it is in no queue, and nothing is kept of its end': '未知：不在任何队列中，也没有保留它的结局',
  'completed at {moment}, attempt {attempt:figure}': '{moment} 完成，第 {attempt} 次尝试',
  'failed at {moment}, after {count:figure} attempt: {failure}': '{moment} 失败，尝试 {count} 次：{failure}',
  'failed at {moment}, after {count:figure} attempts: {failure}': '{moment} 失败，尝试 {count} 次：{failure}',
  'cancelled at {moment}': '{moment} 取消',
  'cancelled at {moment}: {reason}': '{moment} 取消：{reason}',
  'not started before its deadline {moment}': '截止时间 {moment} 之前没有开始',
  tenant: '租户',
  key: '键',
};
