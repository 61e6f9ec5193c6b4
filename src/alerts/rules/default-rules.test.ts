/** The rules that come with Sluice over simulated weeks: silent over a healthy one, and each of them on its own fault. */
import { describe, expect, it } from 'vitest';
import { FakeClock, seededRandom } from '../../kernel/index.js';
import { SimulatedShop } from '../testing/simulated-shop.js';
import { defaultRules } from './default-rules.js';
import { Evaluator } from './evaluator.js';
import { parseRule } from './rule.js';

const seed = Number(process.env['SLUICE_SEED'] ?? 5);
const hour = 3_600;
const day = 24 * hour;
const stepSeconds = 30;

type Fault = (shop: SimulatedShop, second: number) => unknown;

/** What the default rules tell over some time: `rule object at day hh:mm:ss`. */
async function alertsOver(seconds: number, fault?: Fault, until = Infinity): Promise<string[]> {
  const shop = new SimulatedShop(seededRandom(seed), { seconds, stepSeconds });
  const clock = new FakeClock(0);
  const problems: string[] = [];
  const evaluator = new Evaluator({
    ...{ figures: shop.figures, clock, pause: () => Promise.resolve(), intervalSeconds: stepSeconds },
    onProblem: (problem) => problems.push(problem),
  });
  evaluator.setRules(defaultRules.map(({ definition }) => parseRule(definition)));
  const told: string[] = [];
  while (shop.second < seconds && told.length < until) {
    const second = shop.step(fault);
    for (const { compiled, labels, transition } of await evaluator.evaluate(second))
      if (transition === 'fired') told.push(`${compiled.rule.name} ${labels.at(-1)!} at ${momentOf(second)}`);
    await evaluator.idle();
    clock.advance(stepSeconds * 1_000);
  }
  expect(problems).toEqual([]);
  return told;
}

function momentOf(second: number): string {
  return `day ${Math.floor(second / day)} ${new Date(second * 1_000).toISOString().slice(11, 19)}`;
}

const begun = 2 * hour;

/** What goes wrong two hours after midnight, by the rule that is to see it. */
const faults: Readonly<Record<string, Fault>> = {
  'no-consumers': (shop) => (shop.queue('orders').consumersShare = 0),
  'backlog-growing': (shop) => (shop.queue('orders').speedShare = 0.05),
  'backlog-forecast': (shop) => (shop.queue('orders').extraPerSecond = 250),
  'oldest-message': ({ queues }, second) => {
    queues.get('orders')!.figures.set('messages_ready', 5);
    queues.get('orders')!.figures.set('oldest_message_age_seconds', second - begun);
  },
  'dead-letters-rising': (shop) => (shop.queue('orders').deadShare = 0.2),
  redeliveries: (shop) => (shop.queue('orders').redeliveredShare = 0.4),
  'messages-dropped': (shop) => shop.queue('orders').figures.add('messages_dropped_total', 20),
  'deadline-misses': (shop) => shop.queue('orders').figures.add('deadlines_missed_total', 30),
  'task-failures': (shop) => (shop.queue('sluice.tasks.thumb').deadShare = 0.5),
  'hung-consumer': ({ consumer }, second) => {
    consumer.set('consumer_oldest_unacknowledged_age_seconds', second - begun);
    consumer.set('consumer_messages_acknowledged_total', 100);
  },
  'publishers-blocked': ({ alarm }) => alarm.set('alarm', 1),
  'disk-low': ({ node }) => node.set('disk_free_bytes', 1.5 * node.get('disk_free_limit_bytes')),
  'disk-forecast': ({ node }, second) => node.add('disk_free_bytes', (begun - second) * 2e6),
  'memory-high': ({ node }) =>
    node.set('process_resident_memory_bytes', 0.95 * node.get('memory_limit_bytes')),
  descriptors: ({ node }) => node.set('process_open_descriptors', 900),
  'event-loop-delay': ({ node }) => node.set('event_loop_delay_seconds_p99', 0.4),
  'sync-latency': ({ engine }) => engine.set('journal_sync_seconds_p99', 0.8),
  'engine-down': ({ engine }) => engine.set('engine_up', 0),
  'probes-failing': ({ engine }, second) => engine.set('probe_outage_seconds', second - begun),
  'probe-lost': ({ engine }) => engine.set('probes_lost_total', 1),
  'measurement-stale': ({ engine }) => (engine.isMeasured = false),
  'partitions-under-replicated': ({ controller }) =>
    controller.set('controller_under_replicated_partitions', 2),
  'partitions-leaderless': ({ controller }) => controller.set('controller_leaderless_partitions', 1),
  'group-lag': ({ group }) => group.set('partition_group_lag_seconds', 1_200),
  'connection-churn': ({ engine }) => engine.add('connections_opened_total', 300),
  unroutable: ({ engine }) => engine.add('messages_unroutable_total', 10),
};

/** Told by the program: nothing is measured. */
const signals = new Set(['notification-broken']);

describe('the rules that come with Sluice', () => {
  it.each(defaultRules.map(({ name }) => name).filter((name) => !signals.has(name)))(
    '%s fires on its own fault, and nothing did before',
    async (name) => {
      const fault = faults[name];
      expect(fault, 'every rule has a fault here').toBeDefined();
      const wrong: Fault = (shop, second) => {
        if (second > begun) fault!(shop, second);
      };
      const told = await alertsOver(5 * hour, wrong, 10);
      expect(
        told.map((each) => each.split(' ')[0]),
        `seed ${seed}`,
      ).toContain(name);
      expect(told.filter((each) => each.slice(-8) < '02:00:00')).toEqual([]);
    },
    60_000,
  );

  it('say nothing over a quiet, busy week', async () => {
    expect(await alertsOver(7 * day), `seed ${seed}`).toEqual([]);
  }, 120_000);
});
