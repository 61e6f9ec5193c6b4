/** Kinds of things that are measured, in Chinese: as alerts and notifications say them, which a test holds. */
export const kindsInChinese: Readonly<Record<string, string>> = {
  queue: '队列',
  task: '任务',
  consumer: '消费者',
  connection: '连接',
  engine: '引擎',
  node: '节点',
  receiver: '通知对象',
  partition: '分区',
  partition_group: '消费组分区',
  controller: '控制器',
  vhost: '虚拟主机',
  alarm: '资源告警',
};
