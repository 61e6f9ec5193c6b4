/** What queues and consumers tell of themselves, on a simulated clock that knows the truth. */
import { beforeEach, describe, expect, it } from 'vitest';
import { settle, SimulatedBroker, type Client } from '../../../tests/simulation/simulated-broker.js';
import type { MeasuredConsumer, MeasuredQueue } from './face.js';

let at: SimulatedBroker;
let client: Client;

beforeEach(async () => {
  at = await SimulatedBroker.open();
  client = at.client();
});

function measured(queue = 'q', broker = at): MeasuredQueue {
  return broker.broker.administration.measures.ofQueue('/', queue);
}

/** Lets time go by, after all that is due now. */
async function pass(ms: number): Promise<void> {
  await settle();
  at.clock.advance(ms);
  await settle();
}

/** Its file is opened when a record is wanted from it for the first time: what is known is known a moment later. */
async function agedOnDisk(broker: SimulatedBroker): Promise<number> {
  measured('q', broker);
  await settle();
  return measured('q', broker).oldestAgeMs;
}

describe('the oldest message', () => {
  it('is as old as the first that waits or is with a consumer', async () => {
    client.declare('q');
    expect(measured().oldestAgeMs).toBe(0);
    for (const body of ['one', 'two']) {
      client.publish({ routingKey: 'q', body });
      await pass(1_000);
    }
    expect(measured().oldestAgeMs).toBe(2_000);
    expect(await client.get('q')).toBe('one');
    expect(measured().oldestAgeMs).toBe(1_000);
    await client.get('q', false);
    await pass(500);
    expect(measured().oldestAgeMs).toBe(1_500);
    client.channel.reject(2, false, true);
    expect(measured().oldestAgeMs).toBe(1_500);
    client.channel.purgeQueue('q');
    expect(measured().oldestAgeMs).toBe(0);
  });

  it('keeps its age over a restart and a crash, from the journal and from a snapshot', async () => {
    client.declare('q');
    client.publish({ routingKey: 'q' });
    await pass(3_000);
    await at.broker.snapshot();
    const restarted = await at.restart();
    restarted.clock.advance(2_000);
    expect(await agedOnDisk(restarted)).toBe(5_000);
    const crashed = await restarted.crash(0);
    expect(await agedOnDisk(crashed)).toBe(5_000);
  });

  it('is read back from disk where it has left memory', async () => {
    client.declare('q');
    client.publish({ routingKey: 'q' });
    await pass(1_000);
    for (let index = 0; index < 400; index++) client.publish({ routingKey: 'q', body: Buffer.alloc(4_096) });
    await at.broker.administration.durable();
    expect(await agedOnDisk(at)).toBe(1_000);
  });

  it('counts from the end of its delay, and not while it is delayed', async () => {
    client.declare('q');
    client.publish({ routingKey: 'q', headers: { 'x-delay': 5_000 } });
    await pass(2_000);
    expect(measured()).toMatchObject({ delayed: 1, oldestAgeMs: 0 });
    client.publish({ routingKey: 'q' });
    await pass(4_000);
    expect(measured()).toMatchObject({ ready: 2, oldestAgeMs: 4_000 });
    await client.get('q');
    await client.get('q');
    expect(measured().oldestAgeMs).toBe(0);
  });

  it('is unknown for a moment behind very many delayed messages, and then known', async () => {
    client.declare('q');
    for (let index = 0; index < 17_000; index++)
      client.publish({ routingKey: 'q', headers: { 'x-delay': 60_000 } });
    client.publish({ routingKey: 'q' });
    await pass(1_000);
    expect(measured().oldestAgeMs).toBeNaN();
    expect(measured().oldestAgeMs).toBe(1_000);
  });
});

describe('waiting and processing', () => {
  it('are told for each first delivery and each acknowledgement', async () => {
    client.declare('q', { 'x-queue-type': 'quorum' });
    for (const body of ['one', 'two']) client.publish({ routingKey: 'q', body });
    await pass(100);
    client.channel.setPrefetch(1, true);
    client.consume('q');
    await settle();
    await pass(40);
    client.channel.reject(1, false, true);
    await settle();
    await pass(60);
    client.channel.acknowledge(2, false);
    await settle();
    await pass(1_000);
    const { wait, processing, endToEnd, redelivered } = measured();
    expect([wait?.count, wait?.sumMicroseconds, redelivered]).toEqual([2, 300_000, 1]);
    expect([processing?.count, processing?.sumMicroseconds]).toEqual([1, 60_000]);
    expect([endToEnd?.count, endToEnd?.sumMicroseconds]).toEqual([1, 200_000]);
    expect(wait?.recent?.maxMicroseconds).toBe(200_000);
  });

  it('are told of messages from before a restart, and of transient ones', async () => {
    client.declare('q');
    client.publish({ routingKey: 'q' });
    await pass(700);
    const restarted = await at.restart();
    const later = restarted.client();
    later.publish({ routingKey: 'q', properties: { deliveryMode: 1 } });
    restarted.clock.advance(300);
    later.consume('q', { noAck: true });
    await settle();
    const { wait, processing, endToEnd } = measured('q', restarted);
    expect([wait?.count, wait?.sumMicroseconds]).toEqual([2, 1_300_000]);
    expect([endToEnd?.count, endToEnd?.sumMicroseconds]).toEqual([2, 1_300_000]);
    expect(processing?.count).toBe(0);
  });

  it('count from the end of a delay', async () => {
    client.declare('q');
    client.publish({ routingKey: 'q', headers: { 'x-delay': 5_000 } });
    await pass(5_250);
    await client.get('q');
    expect(measured().wait?.sumMicroseconds).toBe(250_000);
  });

  it('of a queue that is gone stay in what those have measured', async () => {
    client.declare('q');
    client.publish({ routingKey: 'q' });
    await pass(30);
    await client.get('q');
    client.channel.deleteQueue('q', false, false);
    const retired = at.broker.administration.measures.retiredLatencies.get('/');
    expect(retired?.wait.sumMicroseconds).toBe(30_000);
  });

  it('are added up by virtual host and in all, those of queues that are gone too', async () => {
    for (const [name, waitMs] of [
      ['q', 30],
      ['r', 500],
    ] as const) {
      client.declare(name);
      client.publish({ routingKey: name });
      await pass(waitMs);
      await client.get(name);
      measured(name);
    }
    client.channel.deleteQueue('q', false, false);
    const { measures } = at.broker.administration;
    at.clock.advance(1_000);
    for (const summed of [measures.latencies(), measures.latenciesOf('/')]) {
      expect(summed?.wait).toMatchObject({ count: 2, sumMicroseconds: 530_000 });
      expect(summed?.wait.recent?.p99Microseconds).toBeCloseTo(500_000, -4);
    }
    expect(measures.latenciesOf('elsewhere')).toBeUndefined();
  });

  it('cost nothing where they are not wanted', async () => {
    const quiet = await SimulatedBroker.open({ settings: { measures: false } });
    const reader = quiet.client();
    reader.declare('q');
    reader.publish({ routingKey: 'q' });
    await reader.get('q');
    expect(measured('q', quiet)).toMatchObject({ delivered: 1, wait: undefined, processing: undefined });
    expect(measured('q', quiet).consumerCapacity).toBeNaN();
  });
});

describe('deadlines', () => {
  const now = (): number => at.clock.now();

  it('are missed by what is acknowledged or ends after them', async () => {
    client.declare('dead');
    client.declare('q', { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': 'dead' });
    const deadlines = [now() + 1_000, now() + 3_000, undefined];
    for (const deadline of deadlines)
      client.publish({ routingKey: 'q', headers: deadline === undefined ? {} : { 'x-deadline': deadline } });
    client.publish({
      routingKey: 'q',
      headers: { 'x-deadline': now() + 1_000 },
      properties: { expiration: '1500' },
    });
    client.channel.setPrefetch(3, true);
    client.consume('q');
    await pass(2_000);
    client.channel.acknowledge(3, true);
    await settle();
    expect(measured()).toMatchObject({ acknowledged: 3, expired: 1, deadlinesMissed: 2 });
  });

  it('are known after a restart where they order the queue', async () => {
    client.declare('q', { 'x-order': 'deadline' });
    client.publish({ routingKey: 'q', headers: { 'x-deadline': now() + 1_000 } });
    await pass(400);
    expect(measured().leastLaxityMs).toBe(600);
    at = await at.restart();
    client = at.client();
    await pass(1_600);
    expect(measured().leastLaxityMs).toBe(-1_000);
    await client.get('q');
    expect(measured()).toMatchObject({ deadlinesMissed: 1, leastLaxityMs: NaN });
  });

  it('leave laxity less the cost, and none where no order knows them', async () => {
    for (const [name, order] of Object.entries({ llf: 'laxity', plain: 'fifo' }))
      client.declare(name, { 'x-order': order });
    for (const name of ['llf', 'plain'])
      client.publish({ routingKey: name, headers: { 'x-deadline': now() + 900, 'x-cost': 200 } });
    await settle();
    expect(measured('llf').leastLaxityMs).toBe(700);
    expect(measured('plain').leastLaxityMs).toBeNaN();
  });
});

describe('a consumer', () => {
  const consumers = (): MeasuredConsumer[] => at.broker.administration.measures.consumersOf('/', 'q');

  it('tells what it was given, holds and has done', async () => {
    client.declare('q');
    client.channel.setPrefetch(2, false);
    const tag = client.consume('q');
    for (const body of ['one', 'two', 'three']) client.publish({ routingKey: 'q', body });
    await pass(500);
    client.channel.acknowledge(1, false);
    await settle();
    await pass(200);
    expect(consumers()).toMatchObject([
      {
        identity: `test (1) ${tag}`,
        ...{ queue: 'q', channel: 1, prefetch: 2, isActive: true, needsAcknowledgement: true },
        ...{ delivered: 3, acknowledged: 1, unacknowledged: 2, oldestUnacknowledgedMs: 700 },
      },
    ]);
    client.channel.acknowledge(3, true);
    expect(consumers()[0]).toMatchObject({ acknowledged: 3, oldestUnacknowledgedMs: 0 });
    await pass(1_000);
    const { processing } = consumers()[0]!;
    expect([processing?.count, processing?.sumMicroseconds]).toEqual([3, 500_000 + 700_000 + 200_000]);
    expect(processing?.recent?.maxMicroseconds).toBe(700_000);
    expect([...at.broker.administration.measures.eachConsumer()]).toHaveLength(1);
  });

  it('that is full leaves its queue without capacity, until it takes more', async () => {
    client.declare('q');
    expect(measured().consumerCapacity).toBe(0);
    client.channel.setPrefetch(1, false);
    client.consume('q');
    for (const body of ['one', 'two']) client.publish({ routingKey: 'q', body });
    await pass(1_000);
    expect(measured().consumerCapacity).toBe(0);
    await pass(250);
    client.channel.acknowledge(1, false);
    await pass(750);
    expect(measured().consumerCapacity).toBeCloseTo(0.75, 9);
    await pass(1_000);
    expect(measured().consumerCapacity).toBe(1);
  });
});

it('messages that no queue took are counted, those that went back by themselves', () => {
  client.publish({ routingKey: 'nowhere' });
  client.publish({ routingKey: 'nowhere', mandatory: true });
  client.publish({ routingKey: 'nowhere', mandatory: true });
  expect(at.broker.administration.measures.unroutable().get('/')).toEqual({ returned: 2, dropped: 1 });
});

it('a list of queues is filled into one object', () => {
  for (const name of ['a', 'b']) client.declare(name);
  const seen = [...at.broker.administration.measures.eachQueue('/')];
  expect(new Set(seen).size).toBe(1);
  expect(() => measured('absent')).toThrow(/no queue 'absent'/);
});

describe('a revision', () => {
  const revisions = (): number[] => [
    measured().revision,
    ...at.broker.administration.measures.consumersOf('/', 'q').map(({ revision }) => revision),
  ];

  it('stays while a queue and its consumer are at rest, and changes with what happened', async () => {
    client.declare('q');
    client.consume('q');
    await pass(1_000);
    const before = revisions();
    await pass(5_000);
    expect(revisions()).toEqual(before);
    expect(Math.min(...before)).toBeGreaterThan(0);
    client.publish({ routingKey: 'q', body: 'one' });
    await pass(0);
    expect(revisions()).toEqual([0, 0]);
    client.channel.acknowledge(1, false);
    await pass(5_000);
    // The interval in which it was acknowledged is told once.
    revisions();
    await pass(5_000);
    const after = revisions();
    expect(Math.min(...after)).toBeGreaterThan(Math.max(...before));
    await pass(5_000);
    expect(revisions()).toEqual(after);
  });
});
