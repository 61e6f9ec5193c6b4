/** What is good and what is bad of the metrics that the pages show most. */
import type { Language } from '../../words/words.svelte.ts';

type Judged = Readonly<Record<Language, string>>;

const latency: Judged = {
  en: 'Good: steady, and below what the users of the queue expect. The 99th of 100 tells of the slow ones, which the median hides.',
  zh: '平稳且低于使用者的期望为好。99 分位反映慢的那部分，中位数看不到它们。',
};
const waiting: Judged = {
  en: 'Good: it goes up and down again. Growing for long: more comes than is done, see the forecast of the queue.',
  zh: '有涨有落为好。长时间增长说明到达多于处理，请看队列的预测。',
};
const held: Judged = {
  en: 'Good: about what the consumers work on. At their limit for long: they are slow, or hang.',
  zh: '与消费者正在处理的数量相当为好。长期处于上限说明消费者慢或卡住。',
};
const flow: Judged = {
  en: 'Neither is bad by itself. Published above acknowledged for long makes the queue grow; both at nothing when there should be work says that somebody is gone.',
  zh: '高低本身无好坏。发布长期多于确认会使队列增长；本应有工作时两者皆为零，说明有一方已离开。',
};
const loss: Judged = {
  en: 'Good: nothing. Each one is a message that did not go the usual way; the dead letters tell why.',
  zh: '没有为好。每一条都是未按正常途径处理的消息；原因见死信。',
};
const consumers: Judged = {
  en: 'None, with messages waiting: nobody works on the queue.',
  zh: '为零而有消息等待：没有人处理该队列。',
};
const room: Judged = {
  en: 'Good: far from its limit. At the limit publishers are blocked, consumers go on.',
  zh: '离上限远为好。到达上限时发布者被阻止，消费者继续。',
};
const missed: Judged = {
  en: 'Good: none. See which tasks, and the analysis of whether they can be in time at all.',
  zh: '没有为好。请查看是哪些任务，并用分析判断它们是否可能按时完成。',
};
const spare: Judged = {
  en: 'Good: well above 0. Near 0 the next slow attempt misses its deadline; below, it is missed already.',
  zh: '明显大于 0 为好。接近 0 时，下一次稍慢就会错过；小于 0 表示已错过。',
};

/** By the end of the name: the same of a queue, of a virtual host and of an engine. */
const byEnd: readonly (readonly [end: string, judged: Judged])[] = [
  ['message_wait_seconds', latency],
  ['message_processing_seconds', latency],
  ['message_end_to_end_seconds', latency],
  ['probe_round_trip_seconds', latency],
  ['task_processing_seconds', latency],
  ['task_response_seconds', latency],
  ['task_wait_seconds', latency],
  ['messages_ready', waiting],
  ['task_queue_length', waiting],
  ['oldest_message_age_seconds', waiting],
  ['messages_bytes', waiting],
  ['messages_unacknowledged', held],
  ['task_running', held],
  ['messages_published_total', flow],
  ['messages_delivered_total', flow],
  ['messages_acknowledged_total', flow],
  ['task_completed_total', flow],
  ['messages_redelivered_total', loss],
  ['messages_expired_total', loss],
  ['messages_dead_lettered_total', loss],
  ['messages_dropped_total', loss],
  ['task_failed_total', loss],
  ['probes_lost_total', loss],
  ['consumers', consumers],
  ['resident_memory_bytes', room],
  ['open_descriptors', room],
  ['disk_free_bytes', room],
  ['deadlines_missed_total', missed],
  ['task_missed_total', missed],
  ['least_laxity_seconds', spare],
  ['start_laxity_seconds', spare],
  [
    'consumer_capacity_ratio',
    {
      en: 'Good: near 1. Near 0 the consumers are the bottleneck: more of them, or a greater prefetch.',
      zh: '接近 1 为好。接近 0 说明消费者是瓶颈：增加消费者或预取数。',
    },
  ],
  [
    'engine_up',
    {
      en: 'Good: 1. At 0 the engine does not answer; look at its incidents.',
      zh: '1 为好。0 表示引擎没有应答；请查看其事件。',
    },
  ],
  [
    'receiver_waiting_notifications',
    {
      en: 'Good: 0. Waiting ones are tried again; growing, the receiver is broken.',
      zh: '0 为好。等待的通知会重试；持续增长说明通知对象故障。',
    },
  ],
];

/** Undefined: nothing is said of it. */
export function judgedIn(language: Language, metric: string): string | undefined {
  return byEnd.find(([end]) => metric.endsWith(`_${end}`))?.[1][language];
}
