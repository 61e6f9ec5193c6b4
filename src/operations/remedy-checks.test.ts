/** The check of each remedy over the real broker: what counts as success, and what is undone where it fails. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { remedySettings, type RemedyRun } from '../alerts/index.js';
import { SluiceError } from '../kernel/index.js';
import { settle, SimulatedBroker, type Client } from '../../tests/simulation/simulated-broker.js';
import {
  ana,
  ben,
  remedied,
  type RemediedOptions,
  type RemediedServer,
} from '../../tests/simulation/remedied-server.js';

let at: SimulatedBroker;
let server: RemediedServer;
let client: Client;

async function begin(options: RemediedOptions = {}): Promise<void> {
  at = await SimulatedBroker.open();
  server = await remedied(at, options);
  client = at.client();
}

beforeEach(() => begin());
afterEach(() => at.broker.close());

type Given = Readonly<Record<string, string | number>>;

async function apply(remedy: string, parameters: Given, more: { keep?: boolean } = {}): Promise<RemedyRun> {
  const { token = 'none', parameters: complete } = await server.remedies.preview(remedy, parameters);
  return server.remedies.apply({ remedy, parameters: complete, token, ...more }, ana);
}

/** Lets seconds pass, and looks. */
async function after(seconds: number, { id }: RemedyRun): Promise<RemedyRun> {
  at.clock.advance(seconds * 1_000);
  await settle();
  await server.remedies.runOnce();
  return server.remedies.run(id);
}

const texts = ({ history }: RemedyRun): string => history.map(({ text }) => text).join('\n');
const fill = async (queue: string, count: number, more: Record<string, unknown> = {}): Promise<void> => {
  client.declare(queue, more);
  for (let index = 0; index < count; index++) client.publish({ routingKey: queue, body: `m${index}` });
  await settle();
};

describe('quarantine-message', () => {
  async function poison(): Promise<RemedyRun> {
    await fill('q', 1);
    client.consume('q');
    await settle();
    client.channel.reject(1, false, true);
    await settle();
    return apply('quarantine-message', { queue: 'q' });
  }

  it('worked when the message has left its queue', async () => {
    const run = await poison();
    expect((await after(5, run)).state.kind).toBe('applied');
    client.channel.reject(2, false, true);
    await settle();
    expect((await after(5, run)).state).toMatchObject({ kind: 'done', proven: true });
    expect(at.queue('sluice.quarantine').ready).toBe(1);
  });

  it('is taken back where its consumer keeps it for five minutes', async () => {
    const run = await after(301, await poison());
    expect(run.state.kind).toBe('undone');
    expect(texts(run)).toContain('Undone, as it did not help.');
    expect(server.steps.at(-1)).toMatchObject({ event: 'remedy-undone', outcome: 'success' });
    client.channel.reject(2, false, true);
    await settle();
    expect(at.queue('sluice.quarantine').ready).toBe(0);
  });
});

describe('throttle-publisher', () => {
  async function throttle(): Promise<RemedyRun> {
    server.published.set('c1', 1_000);
    const previewing = server.remedies.preview('throttle-publisher', { user: 'loud', perSecond: 10 });
    await settle();
    at.clock.advance(1_000);
    const { token = '', parameters } = await previewing;
    const applying = server.remedies.apply({ remedy: 'throttle-publisher', parameters, token }, ana);
    await settle(20);
    at.clock.advance(1_000);
    return applying;
  }

  it('worked when no more is published than the limit, once that has been seen for ten seconds', async () => {
    const run = await throttle();
    server.published.set('c1', 1_040);
    expect((await after(5, run)).state.kind).toBe('applied');
    server.published.set('c1', 1_100);
    expect((await after(5, run)).state).toMatchObject({ kind: 'done', proven: true });
    expect(server.limits.size).toBe(1);
  });

  it('is lifted where more is published for a minute, also by a new connection', async () => {
    const run = await throttle();
    server.published.set('c2', 5_000);
    expect((await after(30, run)).state.kind).toBe('applied');
    expect((await after(31, run)).state.kind).toBe('undone');
    expect(server.limits.size).toBe(0);
  });
});

describe('raise-limit', () => {
  async function raise(more: { keep?: boolean } = {}): Promise<RemedyRun> {
    at.broker.administration.policies.set('policy', '/', {
      ...{ name: 'cap', pattern: '^q$', applyTo: 'queues', priority: 0 },
      definition: { 'max-length': 2, overflow: 'reject-publish' },
    });
    await fill('q', 3);
    await at.broker.administration.policies.settled('/');
    return apply('raise-limit', { queue: 'q', to: 4 }, more);
  }
  const publish = async (): Promise<void> => {
    for (let index = 0; index < 4; index++) client.publish({ routingKey: 'q', body: 'more' });
    await settle();
  };

  it('worked when nothing was refused since', async () => {
    const run = await raise();
    expect((await after(10, run)).state.kind).toBe('applied');
    expect((await after(10, run)).state).toMatchObject({ kind: 'done', proven: true });
    expect(at.queue('q').effectivePolicy).toMatchObject({ 'max-length': 4 });
  });

  it('is undone where the queue fills up again', async () => {
    const run = await raise();
    await publish();
    const undone = await after(61, run);
    expect(undone.state.kind).toBe('undone');
    expect(texts(undone)).toContain('the queue is below it');
    expect(at.queue('q').effectivePolicy).toMatchObject({ 'max-length': 2 });
  });

  it('stays where whoever applied it wants it kept', async () => {
    const run = await raise({ keep: true });
    await publish();
    const kept = await after(61, run);
    expect(kept.state.kind).toBe('in-vain');
    expect(texts(kept)).toContain('whoever applied it wants it kept');
    expect(at.queue('q').effectivePolicy).toMatchObject({ 'max-length': 4 });
  });
});

describe('redrive', () => {
  async function redrive(): Promise<RemedyRun> {
    client.declare('dead');
    client.declare('work', { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': 'dead' });
    for (const body of ['a', 'b', 'c']) client.publish({ routingKey: 'work', body });
    client.consume('work');
    await settle();
    for (const tag of [1, 2, 3]) client.channel.reject(tag, false, false);
    await settle();
    const running = apply('redrive', { queue: 'dead', perSecond: 10_000 });
    await settle(50);
    at.clock.advance(1);
    await settle(50);
    at.clock.advance(1);
    return running;
  }

  it('worked when fewer than half failed again', async () => {
    const run = await redrive();
    await settle();
    client.channel.reject(4, false, false);
    await settle();
    expect((await after(10, run)).state.kind).toBe('applied');
    expect((await after(11, run)).state).toMatchObject({ kind: 'done', proven: true });
  });

  it('was in vain when they failed again, and cannot be undone', async () => {
    const run = await redrive();
    await settle();
    for (const tag of [4, 5]) client.channel.reject(tag, false, false);
    await settle();
    const failed = await after(61, run);
    expect(failed.state.kind).toBe('in-vain');
    expect(texts(failed)).toContain('It stays in force: it cannot be undone.');
  });
});

describe('add-workers', () => {
  const running = new Map<string, { concurrency: number; max: number; isDeaf?: boolean }>();
  const workers: NonNullable<RemediedOptions['workers']> = {
    list: () =>
      Promise.resolve(
        [...running].map(([id, { concurrency, max }]) => ({ id, host: 'h', pid: 7, concurrency, max })),
      ),
    setConcurrency: (id, concurrency) => {
      const worker = running.get(id);
      if (worker === undefined) return Promise.reject(new SluiceError('not-found', 'gone'));
      if (worker.isDeaf !== true) worker.concurrency = concurrency;
      return Promise.resolve();
    },
  };

  beforeEach(async () => {
    await at.broker.close();
    running.clear();
    await begin({ workers });
    await fill('q', 1);
  });

  it('spreads them over the workers that may grow, and worked when they run', async () => {
    running.set('a', { concurrency: 1, max: 2 });
    running.set('b', { concurrency: 4, max: 8 });
    const preview = await server.remedies.preview('add-workers', { queue: 'q', workers: 9 });
    expect(preview.effects).toEqual([
      "10 tasks of 'q' run at a time; 5 now.",
      'The worker at h, process 7: 2, now 1.',
      'The worker at h, process 7: 8, now 4.',
      '4 fewer than wanted: no worker may grow further.',
      'It holds until the worker ends.',
    ]);
    const run = await apply('add-workers', { queue: 'q', workers: 9 });
    expect((await after(5, run)).state).toMatchObject({ kind: 'done', proven: true });
    await server.remedies.undo(run.id, ben);
    expect([...running.values()].map(({ concurrency }) => concurrency)).toEqual([1, 4]);
    await apply('add-workers', { queue: 'q', workers: 9 });
    expect((await server.remedies.preview('add-workers', { queue: 'q', workers: 1 })).refusal).toContain(
      'run as many tasks as they may (10)',
    );
  });

  it('is undone where a worker does not do what it was asked to', async () => {
    running.set('a', { concurrency: 1, max: 2 });
    running.set('b', { concurrency: 1, max: 2, isDeaf: true });
    const run = await after(61, await apply('add-workers', { queue: 'q', workers: 2 }));
    expect(run.state.kind).toBe('undone');
    expect(running.get('a')!.concurrency).toBe(1);
  });
});

describe('limits', () => {
  it('two are never applied to one object at once', async () => {
    await fill('q', 1);
    await fill('r', 1);
    const run = await apply('pause-queue', { queue: 'q' });
    await expect(apply('resume-queue', { queue: 'q' })).rejects.toMatchObject({
      code: 'precondition-failed',
      message: `queue 'q' of vhost '/': pause-queue ${run.id} is being checked; wait for it, or undo it first`,
    });
    await apply('pause-queue', { queue: 'r' });
    await server.remedies.undo(run.id, ana);
    await apply('pause-queue', { queue: 'q' });
  });

  it('what rules may do to one object is limited over all rules, and nothing when they are switched off', async () => {
    await at.broker.close();
    await begin({ settings: { perObject: '1/1h' } });
    await fill('q', 1);
    const wish = async (remedy: string) => {
      const { token = '', parameters } = await server.remedies.preview(remedy, { queue: 'q' });
      return { remedy, parameters, token };
    };
    const byRule = async (remedy: string, rule: string): Promise<RemedyRun> =>
      server.remedies.applyByRule(
        await wish(remedy),
        { name: rule, source: 'automatic' },
        { rule, alert: rule },
      );
    const first = await byRule('pause-queue', 'one');
    await server.remedies.undo(first.id, ana);
    await expect(byRule('pause-queue', 'two')).rejects.toMatchObject({ code: 'limit-reached' });
    server.remedies.configure(remedySettings.parse({ perObject: '2/1h' }));
    await server.remedies.undo((await byRule('pause-queue', 'two')).id, ana);
    await expect(byRule('pause-queue', 'three')).rejects.toMatchObject({ code: 'limit-reached' });
    at.clock.advance(3_600_001);
    await server.remedies.setAutomatic(false, ana);
    await expect(byRule('pause-queue', 'two')).rejects.toThrow('automatic remedies are off');
    expect(server.steps.at(-1)).toMatchObject({
      event: 'remedies-switched',
      subject: 'automatic remedies off',
    });
    at = await at.restart();
    server = await remedied(at, { settings: { perObject: '1/1h' } });
    expect(server.remedies.automatic).toMatchObject({ isOn: false, by: 'ana' });
    await server.remedies.setAutomatic(true, ben);
    await byRule('pause-queue', 'two');
    expect(at.queue('q').paused).toBe(true);
  });

  it('the configuration’s no counts for more than a person’s yes', async () => {
    await at.broker.close();
    await begin({ settings: { automatic: false } });
    expect(server.remedies.automatic).toEqual({ isOn: false, by: 'the configuration' });
    await expect(server.remedies.setAutomatic(true, ana)).rejects.toThrow('alerts.remedies.automatic');
    server.remedies.configure(remedySettings.parse({}));
    expect(server.remedies.automatic.isOn).toBe(true);
    await server.remedies.setAutomatic(true, ana);
    server.remedies.configure(remedySettings.parse({ automatic: false }));
    expect(server.remedies.automatic).toEqual({ isOn: false, by: 'the configuration' });
  });
});

it('figures count what became of remedies, and those that are open', async () => {
  await fill('q', 1);
  await fill('r', 1);
  const run = await apply('pause-queue', { queue: 'q' });
  await server.remedies.undo(run.id, ana);
  await apply('pause-queue', { queue: 'q' });
  const { token = '', parameters } = await server.remedies.preview('pause-queue', { queue: 'r' });
  await server.remedies.ask({ remedy: 'pause-queue', parameters, token }, ana);
  const { outcomes, underWay, asked } = server.remedies.counts();
  expect(Object.fromEntries(outcomes.get('pause-queue')!)).toEqual({ applied: 2, undone: 1 });
  expect([underWay, asked]).toEqual([1, 1]);
});
