/** Remedies over the real broker: each applied and undone, refused when something changed, kept over a crash. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RemedyPreview, RemedyRun } from '../alerts/index.js';
import { settle, SimulatedBroker, type Client } from '../../tests/simulation/simulated-broker.js';
import { ana, ben, remedied, type RemediedServer } from '../../tests/simulation/remedied-server.js';

let at: SimulatedBroker;
let server: RemediedServer;
let client: Client;

beforeEach(async () => {
  at = await SimulatedBroker.open();
  server = await remedied(at);
  client = at.client();
});

afterEach(() => at.broker.close());

type Given = Readonly<Record<string, string | number>>;

async function preview(remedy: string, parameters: Given): Promise<RemedyPreview> {
  return server.remedies.preview(remedy, parameters);
}

async function apply(remedy: string, parameters: Given): Promise<RemedyRun> {
  const { token = 'none', parameters: complete } = await preview(remedy, parameters);
  return server.remedies.apply({ remedy, parameters: complete, token }, ana);
}

const undo = ({ id }: RemedyRun): Promise<RemedyRun> => server.remedies.undo(id, ben);

async function filled(queue: string, count: number, more: Record<string, unknown> = {}): Promise<void> {
  client.declare(queue, more);
  for (let index = 0; index < count; index++) client.publish({ routingKey: queue, body: `m${index}` });
  await settle();
}

describe('a queue', () => {
  it('is paused, and resumed by undoing that', async () => {
    await filled('q', 3);
    const { effects, unknown, canUndo } = await preview('pause-queue', { queue: 'q' });
    expect(effects[1]).toBe('3 messages are ready, 0 are with 0 consumers.');
    expect(unknown).toHaveLength(1);
    expect(canUndo).toBe(true);
    const run = await apply('pause-queue', { queue: 'q' });
    expect(run.state.kind).toBe('applied');
    expect(at.queue('q').paused).toBe(true);
    expect(await preview('pause-queue', { queue: 'q' })).toMatchObject({
      refusal: "queue 'q' is paused already",
    });
    expect((await undo(run)).state.kind).toBe('undone');
    expect(at.queue('q').paused).toBe(false);
    await expect(undo(run)).rejects.toMatchObject({ code: 'precondition-failed' });
    expect(server.steps.map(({ event, by }) => `${event} ${by.name}`)).toEqual([
      'remedy-applied ana',
      'remedy-undone ben',
      'remedy-undone ben',
    ]);
    expect(server.steps[2]).toMatchObject({
      subject: `remedy ${run.id}`,
      outcome: 'failure',
      reason: `pause-queue ${run.id} is not in force: undone`,
    });
  });

  it('of a task is paused by the name of the task', async () => {
    await filled('sluice.tasks.charge', 1);
    await apply('pause-task', { task: 'charge' });
    expect(at.queue('sluice.tasks.charge').paused).toBe(true);
  });

  it('is let alone when it is gone, or changed, since the preview', async () => {
    await filled('q', 1);
    const { token = '' } = await preview('pause-queue', { queue: 'q' });
    at.broker.administration.queues.pause('/', 'q');
    const wish = { remedy: 'pause-queue', parameters: { queue: 'q' }, token };
    await expect(server.remedies.apply(wish, ana)).rejects.toThrow('paused already');
    client.channel.deleteQueue('q', false, false);
    await expect(server.remedies.apply(wish, ana)).rejects.toThrow("there is no queue 'q'");
    expect(server.remedies.runs()).toEqual([]);
    const told = { event: 'remedy-applied', subject: 'pause-queue {"queue":"q"}', outcome: 'failure' };
    expect(server.steps).toMatchObject([
      { ...told, reason: "pause-queue: queue 'q' is paused already" },
      { ...told, reason: "pause-queue: there is no queue 'q' in vhost '/'" },
    ]);
  });

  it('may be longer by a policy of its own, which undoing removes', async () => {
    await filled('q', 1);
    const limits = { name: 'limits', pattern: '.*', applyTo: 'queues', priority: 3 } as const;
    at.broker.administration.policies.set('policy', '/', {
      ...limits,
      definition: { 'max-length': 10, overflow: 'reject-publish' },
    });
    await at.broker.administration.policies.settled('/');
    const run = await apply('raise-limit', { queue: 'q', to: 50 });
    expect(at.queue('q').effectivePolicy).toEqual({ 'max-length': 50, overflow: 'reject-publish' });
    await undo(run);
    expect(at.queue('q').effectivePolicy).toEqual({ 'max-length': 10, overflow: 'reject-publish' });
  });

  it('is not promised more than its declaration allows', async () => {
    await filled('q', 1, { 'x-max-length': 10 });
    expect((await preview('raise-limit', { queue: 'q' })).refusal).toContain('stands in its declaration');
    expect((await preview('raise-limit', { engine: 'embedded' })).refusal).toContain('limits.memory');
    expect((await preview('add-workers', { queue: 'q', workers: 2.4 })).refusal).toContain(
      'start 3 more consumers',
    );
  });
});

describe('a consumer', () => {
  it('that hangs longest is ended, and what it held comes back', async () => {
    await filled('q', 2, { 'x-queue-type': 'quorum' });
    client.consume('q');
    await settle();
    const { effects, canUndo } = await preview('close-consumer', { queue: 'q' });
    expect(effects[1]).toContain('2 messages come back');
    expect(canUndo).toBe(false);
    const run = await apply('close-consumer', { queue: 'q' });
    expect(at.queue('q')).toMatchObject({ ready: 2, consumers: 0 });
    await expect(undo(run)).rejects.toMatchObject({ code: 'unsupported' });
    expect((await preview('close-consumer', { queue: 'q' })).refusal).toBe("queue 'q' has no consumers");
  });

  it('holds more, and as many as before when that is undone', async () => {
    await filled('q', 3);
    client.channel.setPrefetch(1, false);
    client.consume('q');
    await settle();
    const run = await apply('set-prefetch', { queue: 'q', prefetch: 3 });
    await settle();
    expect(at.queue('q').unacknowledged).toBe(3);
    await undo(run);
    expect(at.broker.administration.measures.consumersOf('/', 'q')[0]!.prefetch).toBe(1);
  });
});

describe('a message', () => {
  it('that fails again and again goes to quarantine with its reason, and comes back', async () => {
    await filled('q', 1);
    client.consume('q');
    await settle();
    for (const tag of [1, 2, 3]) {
      client.channel.reject(tag, false, true);
      await settle();
    }
    const { effects } = await preview('quarantine-message', { queue: 'q' });
    expect(effects[0]).toContain('3 failed deliveries');
    const run = await apply('quarantine-message', { queue: 'q' });
    expect(run.history.at(-1)!.text).toContain('when the consumer that has it gives it back');
    client.channel.reject(4, false, true);
    await settle();
    expect(at.queue('sluice.quarantine').ready).toBe(1);
    await undo(run);
    await settle();
    expect(at.queue('sluice.quarantine').ready).toBe(0);
    expect(at.queue('q').unacknowledged).toBe(1);
    expect((await preview('quarantine-message', { queue: 'sluice.quarantine' })).refusal).toContain(
      'is where such',
    );
  });

  it('holds its key back, and lets it go on', async () => {
    client.declare('q');
    for (const body of ['a1', 'a2']) client.publish({ routingKey: 'q', body, headers: { 'x-key': 'a' } });
    client.publish({ routingKey: 'q', body: 'b1', headers: { 'x-key': 'b' } });
    await settle();
    const run = await apply('quarantine-key', { queue: 'q', key: 'a', for: '1h' });
    expect(at.queue('q')).toMatchObject({ ready: 1, gated: 1, delayed: 1 });
    await undo(run);
    expect(at.queue('q')).toMatchObject({ ready: 2, delayed: 0 });
    expect((await preview('quarantine-key', { queue: 'q' })).parameters).toMatchObject({ key: 'a' });
    expect((await preview('quarantine-key', { queue: 'q', key: 'z' })).refusal).toContain(
      'no message of key',
    );
  });

  it('among dead letters goes back to where it failed, where its reason is the one', async () => {
    client.declare('dead');
    client.declare('work', { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': 'dead' });
    for (const body of ['a', 'b']) client.publish({ routingKey: 'work', body });
    client.publish({ routingKey: 'dead', body: 'of nowhere' });
    client.consume('work');
    await settle();
    for (const tag of [1, 2]) client.channel.reject(tag, false, false);
    await settle();
    expect(at.queue('dead').ready).toBe(3);
    const dry = await preview('redrive', { queue: 'dead', count: 1 });
    expect(dry.effects[0]).toBe("1 messages go back to 'work'.");
    expect(dry.effects[1]).toContain('1 stay');
    expect((await preview('redrive', { queue: 'dead', reason: 'other' })).refusal).toContain('none of 3');
    await apply('redrive', { queue: 'dead', count: 1 });
    expect(at.queue('dead').ready).toBe(2);
  });
});

it('publishers are slowed, again after a restart, until that is undone', async () => {
  const previewing = preview('throttle-publisher', { user: 'loud', perSecond: 5 });
  await settle();
  at.clock.advance(1_000);
  const { token = '', parameters } = await previewing;
  const applying = server.remedies.apply({ remedy: 'throttle-publisher', parameters, token }, ana);
  await settle(20);
  at.clock.advance(1_000);
  const run = await applying;
  const limit = { name: `remedy ${run.id}`, target: { user: 'loud' }, perSecond: 5 };
  expect([...server.limits.values()]).toEqual([limit]);
  at = await at.restart();
  server = await remedied(at);
  expect([...server.limits.values()]).toEqual([limit]);
  await undo(run);
  expect(server.limits.size).toBe(0);
});
