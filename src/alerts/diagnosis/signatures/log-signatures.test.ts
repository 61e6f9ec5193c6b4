import { describe, expect, it } from 'vitest';
import { ToldFigures } from '../../testing/told-figures.js';
import { Diagnosis } from '../diagnosis.js';

const start = 1_700_000_000;
const partition = ['kafka', 'orders', '0'] as const;
const ofGroup = ['kafka', 'orders', '0', 'billing'] as const;
const group = ['kafka', 'billing'] as const;
const node = ['kafka', 'one'] as const;

type Told = Readonly<Record<string, number>>;

/** A log of one topic, one group and two nodes that is well; a test tells what is not. Counters are told as rates. */
class Log {
  readonly figures = new ToldFigures();
  readonly diagnosis = new Diagnosis();
  readonly #counted = new Map<string, number>();
  second = start;
  partition: Told = {
    ...{ sluice_partition_appended_total: 100, sluice_partition_replicas: 3, sluice_partition_has_leader: 1 },
    ...{ sluice_partition_in_sync_replicas: 3, sluice_partition_in_sync_replicas_min: 2 },
    ...{ sluice_partition_in_sync_changes_total: 0, sluice_partition_replica_difference_bytes: 0 },
  };
  ofGroup: Told = {
    ...{ sluice_partition_group_lag_messages: 20, sluice_partition_group_committed_total: 100 },
    ...{ sluice_partition_group_commits_total: 1, sluice_partition_group_rewinds_total: 0 },
  };
  group: Told = {
    ...{ sluice_consumer_group_members: 3, sluice_consumer_group_rebalances_total: 0 },
    sluice_consumer_group_subscriptions: 1,
  };
  node: Told = {
    ...{ sluice_broker_node_handler_idle_ratio: 0.7, sluice_broker_node_flush_seconds_count: 10 },
    ...{ sluice_broker_node_flush_seconds_sum: 0.05, sluice_broker_node_flush_seconds_p999: 0.02 },
    ...{ sluice_broker_node_page_cache_lock_seconds: 0, sluice_broker_node_send_queue_wait_seconds: 0 },
    sluice_broker_node_half_message_age_seconds: 5,
  };
  directory: Told = { sluice_log_directory_used_bytes: 500, sluice_log_directory_size_bytes: 1_000 };
  controller: Told = {
    ...{ sluice_controller_active_controllers: 1, sluice_controller_leaderless_partitions: 0 },
    ...{ sluice_controller_under_replicated_partitions: 0, sluice_controller_nodes: 3 },
  };
  /** How much the lag changes in a second. */
  lagPerSecond = 0;
  /** Peers are as they were. */
  readonly #well = { ofGroup: this.ofGroup, node: this.node, directory: this.directory };

  run(seconds: number): this {
    for (let each = 0; each < seconds; each++) {
      const lag = this.ofGroup['sluice_partition_group_lag_messages']! + this.lagPerSecond;
      this.ofGroup = { ...this.ofGroup, sluice_partition_group_lag_messages: lag };
      this.#tell('partition', partition, this.partition);
      this.#tell('partition_group', ofGroup, this.ofGroup);
      for (const other of ['1', '2'])
        this.#tell('partition_group', ['kafka', 'orders', other, 'billing'], this.#well.ofGroup);
      this.#tell('consumer_group', group, this.group);
      this.#tell('broker_node', node, this.node);
      this.#tell('broker_node', ['kafka', 'two'], this.#well.node);
      this.#tell('log_directory', [...node, '/a'], this.directory);
      this.#tell('log_directory', [...node, '/b'], this.#well.directory);
      this.#tell('controller', ['kafka'], this.controller);
      this.diagnosis.observe(this.figures, ++this.second);
    }
    return this;
  }

  #tell(kind: string, labels: readonly string[], told: Told): void {
    const figures: Record<string, number> = {};
    for (const [series, value] of Object.entries(told)) {
      if (!/_(?:total|count|sum)$/.test(series)) figures[series] = value;
      else {
        const key = [...labels, series].join(' ');
        figures[series] = (this.#counted.get(key) ?? 0) + value;
        this.#counted.set(key, figures[series]);
      }
    }
    this.figures.tell(kind, labels, figures);
  }

  get suspected(): readonly string[] {
    return this.diagnosis.suspicions.map(({ signature }) => signature);
  }

  get first(): string | undefined {
    return this.diagnosis.diagnose()[0]?.signature;
  }
}

type Part = 'partition' | 'ofGroup' | 'group' | 'node' | 'directory' | 'controller';

interface Fault {
  readonly name: string;
  readonly part: Part;
  readonly told: Told;
  /** What is a little worse than usual, and no fault. */
  readonly mild: Told;
  readonly lagPerSecond?: number;
  readonly seconds?: number;
}

const faults: readonly Fault[] = [
  {
    ...{ name: 'lag-stopped', part: 'ofGroup', lagPerSecond: 100 },
    told: { sluice_partition_group_commits_total: 0, sluice_partition_group_committed_total: 0 },
    mild: { sluice_partition_group_commits_total: 0.2 },
  },
  {
    ...{ name: 'lag-stalled', part: 'ofGroup', lagPerSecond: 100 },
    told: { sluice_partition_group_committed_total: 0 },
    mild: { sluice_partition_group_committed_total: 90 },
  },
  {
    ...{ name: 'lag-rising', part: 'ofGroup', lagPerSecond: 0.3, seconds: 80 },
    told: { sluice_partition_group_committed_total: 99.7 },
    mild: { sluice_partition_group_lag_messages: 60 },
  },
  {
    ...{ name: 'offset-rewound', part: 'ofGroup' },
    told: { sluice_partition_group_rewinds_total: 0.1, sluice_partition_group_lag_messages: 90 },
    mild: { sluice_partition_group_lag_messages: 90 },
  },
  {
    ...{ name: 'rebalance-storm', part: 'group', lagPerSecond: 0.3, seconds: 90 },
    told: { sluice_consumer_group_rebalances_total: 0.2 },
    mild: { sluice_consumer_group_rebalances_total: 0.01 },
  },
  {
    ...{ name: 'hot-partition', part: 'ofGroup' },
    told: { sluice_partition_group_lag_messages: 5_000 },
    mild: { sluice_partition_group_lag_messages: 99 },
  },
  {
    ...{ name: 'in-sync-flapping', part: 'partition', seconds: 120 },
    told: { sluice_partition_in_sync_changes_total: 0.1 },
    mild: { sluice_partition_in_sync_changes_total: 0.01 },
  },
  {
    ...{ name: 'under-minimum-in-sync', part: 'partition' },
    told: { sluice_partition_in_sync_replicas: 2, sluice_partition_in_sync_replicas_min: 3 },
    mild: { sluice_partition_in_sync_replicas: 2 },
  },
  {
    ...{ name: 'quorum-lost', part: 'partition' },
    told: { sluice_partition_in_sync_replicas: 1, sluice_partition_has_leader: 0 },
    mild: { sluice_partition_in_sync_replicas: 2 },
  },
  {
    ...{ name: 'replication-lag', part: 'partition' },
    told: { sluice_partition_replica_difference_bytes: 50 * 2 ** 20 },
    mild: { sluice_partition_replica_difference_bytes: 2 ** 20 },
  },
  {
    ...{ name: 'log-directory-full', part: 'directory' },
    told: { sluice_log_directory_used_bytes: 950 },
    mild: { sluice_log_directory_used_bytes: 800 },
  },
  {
    ...{ name: 'controller-quorum', part: 'controller' },
    told: { sluice_controller_active_controllers: 2 },
    mild: { sluice_controller_under_replicated_partitions: 1 },
  },
  {
    ...{ name: 'slow-flush', part: 'node' },
    told: { sluice_broker_node_flush_seconds_sum: 1, sluice_broker_node_flush_seconds_p999: 0.4 },
    mild: { sluice_broker_node_flush_seconds_sum: 0.15 },
  },
  {
    ...{ name: 'broker-saturated', part: 'node' },
    told: { sluice_broker_node_handler_idle_ratio: 0.1 },
    mild: { sluice_broker_node_handler_idle_ratio: 0.4 },
  },
  {
    ...{ name: 'page-cache-stall', part: 'node' },
    told: { sluice_broker_node_page_cache_lock_seconds: 2 },
    mild: { sluice_broker_node_page_cache_lock_seconds: 0.5 },
  },
  {
    ...{ name: 'subscriptions-differ', part: 'group' },
    told: { sluice_consumer_group_subscriptions: 2 },
    mild: { sluice_consumer_group_members: 2 },
  },
  {
    ...{ name: 'transaction-check-dead', part: 'node' },
    told: { sluice_broker_node_half_message_age_seconds: 130 },
    mild: { sluice_broker_node_half_message_age_seconds: 100 },
  },
];

describe('the signatures of engines that are logs', () => {
  it('are silent of a log that is well', () => {
    expect(new Log().run(400).suspected).toEqual([]);
  });

  it.each(faults.map((fault) => [fault.name, fault] as const))('name %s first', (name, fault) => {
    const log = new Log().run(200);
    log[fault.part] = { ...log[fault.part], ...fault.told };
    log.lagPerSecond = fault.lagPerSecond ?? 0;
    log.run(fault.seconds ?? 45);
    expect(log.suspected).toContain(name);
    expect(log.first).toBe(name);
  });

  it.each(faults.map((fault) => [fault.name, fault] as const))('do not take less for %s', (_, fault) => {
    const log = new Log().run(200);
    log[fault.part] = { ...log[fault.part], ...fault.mild };
    log.run(fault.seconds ?? 45);
    expect(log.suspected).toEqual([]);
  });

  it.each(faults.map((fault) => [fault.name, fault] as const))('do not know %s unmeasured', (_, fault) => {
    const log = new Log().run(200);
    const unknown = Object.fromEntries(Object.keys(fault.told).map((series) => [series, NaN]));
    log[fault.part] = { ...log[fault.part], ...unknown };
    log.run(fault.seconds ?? 45);
    expect(log.suspected).toEqual([]);
  });
});
