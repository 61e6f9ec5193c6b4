/**
 * A fixed workload that reaches every write of the broker: publishes small and large, acknowledgements, rejections,
 * dead letters, transactions, delays, topology, snapshots and compaction. The same script every time, so that each of
 * its disk operations can be named by number.
 */
import { Life } from '../simulation/life.js';
import { ModelClient } from '../simulation/model-client.js';
import { declareQueue, plannedRoutes } from '../simulation/queue-plan.js';

const routeTo = (name: string): (typeof plannedRoutes)[number] =>
  plannedRoutes.find(({ exchange, routingKey }) => exchange === '' && routingKey === name)!;

/** Runs the script until it ends, the power goes, or the disk fails for good. */
export async function runScript(life: Life, hasSnapshots = true): Promise<void> {
  const snapshot = (): Promise<void> | void => (hasSnapshots ? life.world.broker.snapshot() : undefined);
  const steps: (() => void | Promise<void>)[] = [];
  const publisher = new ModelClient(life.world, 1, false);
  const consumer = new ModelClient(life.world, 2, false);
  const banker = new ModelClient(life.world, 3, true);
  life.clients.push(publisher, consumer, banker);
  for (const queue of ['plain', 'buried', 'keyed', 'quorum', 'delayed', 'short']) {
    steps.push(() => {
      for (let n = 0; n < 12; n++) publisher.publish(routeTo(queue));
    });
  }
  steps.push(() => {
    for (const queue of ['plain', 'buried', 'keyed', 'quorum']) consumer.consume(queue, false);
  });
  steps.push(() => {
    settleSome(consumer, 'acknowledge', 12);
  });
  steps.push(() => {
    settleSome(consumer, 'reject', 6);
    settleSome(consumer, 'requeue', 6);
  });
  steps.push(() => {
    declareQueue(publisher.channel, 'volatile-1', {});
    for (let n = 0; n < 4; n++) banker.publish(plannedRoutes.find(({ exchange }) => exchange === 'fan')!);
    banker.get('buried', false);
  });
  steps.push(() => {
    settleSome(banker, 'acknowledge', 1);
    banker.commit();
  });
  steps.push(snapshot);
  // Fills a few segments, so that snapshot and compaction have something to let go.
  for (let round = 0; round < 2; round++) {
    steps.push(() => {
      for (let n = 0; n < 150; n++) publisher.publishSized(routeTo('refusing'), 2_000);
    });
    steps.push(() => {
      life.world.ledger.release('refusing');
      publisher.channel.purgeQueue('refusing');
      publisher.publishSized(routeTo('plain'), 90_000);
    });
    steps.push(snapshot);
  }
  steps.push(() => {
    publisher.channel.deleteQueue('volatile-1', false, false);
    life.options.clock.advance(700);
  });
  steps.push(() => {
    settleSome(consumer, 'acknowledge', 20);
    consumer.close();
  });
  for (const step of steps) {
    if (life.isDark || life.failure !== undefined) return;
    await Promise.race([step(), life.options.disk.stopped]);
    await rest(life);
  }
}

function settleSome(client: ModelClient, how: 'acknowledge' | 'reject' | 'requeue', most: number): void {
  for (const { tag } of client.seen().slice(0, most)) client.settle(tag, false, how);
}

/** Until nothing happens by itself; the clock moves, so that what is held back is written. */
async function rest(life: Life): Promise<void> {
  for (let round = 0; round < 3 && !life.isDark && life.failure === undefined; round++) {
    await life.settle();
    life.options.clock.advance(20);
  }
}
